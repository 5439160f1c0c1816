import type { WorkspaceSpec } from '../api/workspace.ts';
import { WORKSPACE_DEFAULTS } from '../api/workspace.ts';
import { ANNOTATION } from '../api/labels.ts';
import type { Bundle } from '../backends/backend.ts';
import { hashOf } from '../lib/hash.ts';

/** What a bundle is rendered from. */
export interface BundleSource {
  readonly uid: string;
  readonly name: string;
  readonly spec: WorkspaceSpec;
  readonly annotations: Readonly<Record<string, string>>;
  readonly directories: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly requests: { readonly restartRequestedAt?: string };
}

/**
 * What the agent gets. Files of a later entry of `spec.files` replace those of an earlier one; `PARENT_ID` tells
 * the agent its place in the tree at its start, and a move alone neither changes the hash nor restarts it.
 */
export function renderBundle(source: BundleSource, parentId: string | undefined): Bundle {
  return {
    env: {
      ...declaredEnv(source.spec),
      ...identityEnv(source),
      ...(parentId !== undefined && { PARENT_ID: parentId }),
    },
    files: declaredFiles(source),
    configHash: configHashOf(source),
  };
}

/** The config revision: hash over env, files and the last request to restart. */
export function configHashOf(source: BundleSource): string {
  return hashOf({
    env: { ...declaredEnv(source.spec), ...identityEnv(source) },
    files: declaredFiles(source),
    restart: [
      source.requests.restartRequestedAt,
      source.annotations[ANNOTATION.restartRequestedAt],
    ].filter((value) => value !== undefined),
  });
}

function declaredEnv(spec: WorkspaceSpec): Record<string, string> {
  return Object.fromEntries((spec.env ?? []).map(({ name, value }) => [name, value ?? '']));
}

/** Reserved: a user's own env cannot replace these (lessons.md, 2.5). */
function identityEnv({ uid, name, spec }: BundleSource): Record<string, string> {
  return {
    WORKSPACE_ID: uid,
    WORKSPACE_NAME: spec.displayName ?? name,
    TIER: String(spec.tier ?? WORKSPACE_DEFAULTS.tier),
    ...(spec.role !== undefined && { WORKSPACE_ROLE: spec.role }),
  };
}

function declaredFiles({ spec, directories }: BundleSource): Record<string, string> {
  return Object.assign(
    {},
    ...(spec.files ?? []).map(
      ({ inline, directory }) => inline ?? directories[directory ?? ''] ?? {},
    ),
  ) as Record<string, string>;
}
