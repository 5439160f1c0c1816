import type { OrgSpec } from './org.ts';
import type { WorkspaceClassSpec } from './workspace-class.ts';
import type { WorkspaceSpec } from './workspace.ts';
import type { WorkspaceTemplateSpec } from './workspace-template.ts';

export interface SpecByKind {
  readonly Workspace: WorkspaceSpec;
  readonly WorkspaceTemplate: WorkspaceTemplateSpec;
  readonly WorkspaceClass: WorkspaceClassSpec;
  readonly Org: OrgSpec;
}
export type Kind = keyof SpecByKind;

export interface KindInfo {
  readonly kind: Kind;
  /** As in URLs and CRDs. */
  readonly plural: string;
  readonly singular: string;
  readonly shortName: string;
  readonly scope: 'Namespaced' | 'Cluster';
}

export const KINDS: readonly KindInfo[] = [
  {
    kind: 'Workspace',
    plural: 'workspaces',
    singular: 'workspace',
    shortName: 'wsp',
    scope: 'Namespaced',
  },
  {
    kind: 'WorkspaceTemplate',
    plural: 'workspacetemplates',
    singular: 'workspacetemplate',
    shortName: 'wspt',
    scope: 'Namespaced',
  },
  {
    kind: 'WorkspaceClass',
    plural: 'workspaceclasses',
    singular: 'workspaceclass',
    shortName: 'wspc',
    scope: 'Cluster',
  },
  { kind: 'Org', plural: 'orgs', singular: 'org', shortName: 'org', scope: 'Namespaced' },
];

/** The namespace of a manifest that names none (design §11). */
export const DEFAULT_NAMESPACE = 'default';
/** The stored namespace of cluster-scoped objects. */
export const CLUSTER_SCOPE = '';

/** One validated object as its author declared it. */
export type Declaration = { [K in Kind]: DeclarationOf<K> }[Kind];

export interface DeclarationOf<K extends Kind> {
  readonly kind: K;
  /** `CLUSTER_SCOPE` for a WorkspaceClass. */
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: SpecByKind[K];
  /** `file:line` of the manifest, relative to the root of its source; shown in `OwnedBySource`. */
  readonly origin?: string;
  /**
   * Text of the folders named by `spec.files[].directory`: directory as written, then relative path, then content.
   * Read by the source, because only the source knows where the manifest lies.
   */
  readonly directories?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** `Workspace default/ada`, for messages and logs. */
export function describeDeclaration({
  kind,
  namespace,
  name,
}: Pick<Declaration, 'kind' | 'namespace' | 'name'>): string {
  return namespace === CLUSTER_SCOPE ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}
