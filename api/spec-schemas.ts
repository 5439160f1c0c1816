import type { TSchema } from 'typebox';
import type { Kind } from './objects.ts';
import { orgSpecSchema } from './org.ts';
import { NAME_RULES, NOT_ITS_OWN_PARENT, type Rule } from './rules.ts';
import { workspaceClassSpecSchema } from './workspace-class.ts';
import { workspaceTemplateSpecSchema } from './workspace-template.ts';
import { workspaceSpecSchema } from './workspace.ts';

/** The schema of `spec` per kind: what the CRDs, the manifests and the types come from. */
export const SPEC_SCHEMAS: Readonly<Record<Kind, TSchema>> = {
  Workspace: workspaceSpecSchema,
  WorkspaceTemplate: workspaceTemplateSpecSchema,
  WorkspaceClass: workspaceClassSpecSchema,
  Org: orgSpecSchema,
};

/** Rules about an object as a whole, where name and spec meet. */
export const OBJECT_RULES: Readonly<Record<Kind, readonly Rule[]>> = {
  Workspace: [...NAME_RULES, NOT_ITS_OWN_PARENT],
  WorkspaceTemplate: NAME_RULES,
  WorkspaceClass: NAME_RULES,
  Org: NAME_RULES,
};
