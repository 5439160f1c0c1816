import type { KindInfo } from '../api/objects.ts';

/** Addresses of the HTTP API (design §13). */
const ROOT = '/api/v1';

/** A list; without a namespace that of all namespaces. */
export function listPath(kind: KindInfo, namespace: string | undefined): string {
  return kind.scope === 'Cluster' || namespace === undefined
    ? `${ROOT}/${segment(kind)}`
    : `${ROOT}/namespaces/${encodeURIComponent(namespace)}/${segment(kind)}`;
}

export function objectPath(kind: KindInfo, namespace: string, name: string): string {
  return `${listPath(kind, namespace)}/${encodeURIComponent(name)}`;
}

export function workspacePath(namespace: string, name: string): string {
  return `${ROOT}/namespaces/${encodeURIComponent(namespace)}/workspaces/${encodeURIComponent(name)}`;
}

export function workspaceLogPath(namespace: string, name: string): string {
  return `${workspacePath(namespace, name)}/log`;
}

export function workspaceRenderPath(namespace: string, name: string): string {
  return `${workspacePath(namespace, name)}/render`;
}

export function workspaceRequestPath(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  verb: 'restart' | 'hibernate' | 'wake' | 'messages' | 'connect',
): string {
  return `${workspacePath(namespace, name)}/${verb}`;
}

/** Of a class or an org; `/pause` and `/resume` stand below it. */
export function rolloutPath(kind: KindInfo, namespace: string, name: string): string {
  return `${objectPath(kind, namespace, name)}/rollout`;
}

export function sourceConfirmationPath(name: string): string {
  return `${PATHS.sources}/${encodeURIComponent(name)}/confirm`;
}

export function tokenPath(id: string): string {
  return `${PATHS.tokens}/${encodeURIComponent(id)}`;
}

function segment({ kind, plural }: KindInfo): string {
  return kind === 'WorkspaceClass' ? 'classes' : plural;
}

export const PATHS = {
  apply: `${ROOT}/apply`,
  events: `${ROOT}/events`,
  watch: `${ROOT}/watch/workspaces`,
  garbage: `${ROOT}/garbage`,
  garbageApproval: `${ROOT}/garbage/approve`,
  sources: `${ROOT}/sources`,
  tokens: `${ROOT}/tokens`,
  backends: `${ROOT}/backends`,
  readiness: '/readyz',
  version: '/version',
} as const;
