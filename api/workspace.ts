import { Type, type Static } from 'typebox';
import { NO_INSTANCE_ELSEWHERE } from './rules.ts';
import { RULES_KEYWORD, closed, oneOf, slug } from './schema.ts';
import { contentFields, desiredState } from './workspace-content.ts';

/** Desired state of one agent: who it is, whose child, how it should be now. */
export const workspaceSpecSchema = closed(
  {
    displayName: Type.Optional(
      Type.String({ maxLength: 255, description: 'Free text shown instead of the name.' }),
    ),
    role: Type.Optional(
      Type.String({ maxLength: 4096, description: 'What this agent is for, in a sentence.' }),
    ),
    parentRef: Type.Optional(
      closed(
        { name: slug('Name of the parent in the same namespace.') },
        { description: 'The parent in the tree; none makes it a root.' },
      ),
    ),
    collapsed: Type.Optional(
      Type.Boolean({ description: 'Folded in pictures of the tree. Never touches compute.' }),
    ),
    className: Type.Optional(
      slug('WorkspaceClass that says where it runs. Default: the default class.'),
    ),
    templateRef: Type.Optional(closed({ name: slug('WorkspaceTemplate in the same namespace.') })),
    desiredState: Type.Optional(desiredState),
    ...contentFields,
    workspaceDir: Type.Optional(
      Type.String({
        pattern: '^/',
        maxLength: 1024,
        description: 'Folder of the host to work in.',
      }),
    ),
    workspaceAccess: Type.Optional(
      oneOf(['none', 'readOnly', 'readWrite'], 'Access to workspaceDir. Default: none.'),
    ),
    external: Type.Optional(
      closed(
        {
          url: Type.Optional(
            Type.String({
              pattern: '^https?://',
              maxLength: 2048,
              description: 'Where it listens; goes before the address that it registers.',
            }),
          ),
        },
        {
          description:
            'An agent that runs elsewhere: no compute is started. With a url it need not register.',
        },
      ),
    ),
    deletionPolicy: Type.Optional(
      oneOf(['Delete', 'Retain'], 'What happens to its state (volumes, folder). Default: Delete.'),
    ),
    layout: Type.Optional(
      closed(
        { x: Type.Number(), y: Type.Number() },
        { description: 'Place in pictures of the tree. Never touches compute.' },
      ),
    ),
  },
  { description: 'What the user wants of this workspace.', [RULES_KEYWORD]: NO_INSTANCE_ELSEWHERE },
);

export type WorkspaceSpec = Static<typeof workspaceSpecSchema>;

/** Used where neither the workspace, its template nor its class says anything (design §3). */
export const WORKSPACE_DEFAULTS = {
  runtime: 'langgraph',
  tier: 2,
  desiredState: 'Running',
  workspaceAccess: 'none',
  deletionPolicy: 'Delete',
} as const satisfies WorkspaceSpec;

/** How deep a tree may be; a root has depth 0 (design §3: deeper is `DepthExceeded`). */
export const MAX_DEPTH = 16;
