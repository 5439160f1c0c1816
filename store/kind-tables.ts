import type { Kind } from '../api/objects.ts';

/** Where each kind is stored. */
export const TABLE_BY_KIND = {
  Workspace: 'workspaces',
  WorkspaceTemplate: 'templates',
  WorkspaceClass: 'classes',
  Org: 'orgs',
} as const satisfies Record<Kind, string>;

/** The kinds without a life of their own: stored, and deleted outright. */
export type PlainKind = Exclude<Kind, 'Workspace'>;
