import { Type, type Static } from 'typebox';
import { closed, oneOf, slug } from './schema.ts';
import { contentFields } from './workspace-content.ts';
import { workspaceSpecSchema } from './workspace.ts';

const KEY_PATTERN = '^[a-z0-9]([-a-z0-9./]*[a-z0-9])?$';
const { parentRef: _parentRef, ...nodeFields } = workspaceSpecSchema.properties;

const node = closed({
  key: Type.String({
    pattern: KEY_PATTERN,
    maxLength: 253,
    description: 'Identity of this node within the org; stays when it is renamed or moved.',
  }),
  name: slug('Name of the workspace; siblings may not share one.'),
  parent: Type.Optional(
    Type.String({ pattern: KEY_PATTERN, maxLength: 253, description: 'Key of the parent node.' }),
  ),
  ...nodeFields,
});

/** A whole tree of workspaces in one object. */
export const orgSpecSchema = closed(
  {
    defaults: Type.Optional(
      closed(
        { className: nodeFields.className, templateRef: nodeFields.templateRef, ...contentFields },
        { description: 'For every node that does not say otherwise.' },
      ),
    ),
    workspaces: Type.Optional(
      Type.Array(node, {
        maxItems: 5000,
        description: 'Flat list; `parent` names the key of another node.',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['key'],
      }),
    ),
    conflictPolicy: Type.Optional(
      oneOf(['Fail', 'Skip', 'Replace'], 'When a name is taken by somebody else. Default: Fail.'),
    ),
    prune: Type.Optional(
      Type.Boolean({ description: 'Delete workspaces whose node was removed. Default: true.' }),
    ),
  },
  { description: 'The tree as the user wants it.' },
);

export type OrgSpec = Static<typeof orgSpecSchema>;
