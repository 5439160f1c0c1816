import { Type, type Static } from 'typebox';
import { NODE_NOT_ITS_OWN_PARENT, NO_INSTANCE_ELSEWHERE } from './rules.ts';
import { RULES_KEYWORD, WORDS_KEYWORD, closed, listMap, oneOf, slug } from './schema.ts';
import { contentFields } from './workspace-content.ts';
import { workspaceSpecSchema } from './workspace.ts';

const KEY_PATTERN = '^[a-z0-9]([-a-z0-9./]*[a-z0-9])?$';
/** A node names its parent by key, not by `parentRef`. */
const nodeFields = Type.Omit(workspaceSpecSchema, ['parentRef']).properties;

const node = closed(
  {
    key: nodeKey('Identity of this node within the org; stays when it is renamed or moved.'),
    name: slug('Name of the workspace; siblings may not share one.'),
    parent: Type.Optional(nodeKey('Key of the parent node.')),
    ...nodeFields,
  },
  {
    description: 'One workspace of the tree.',
    [RULES_KEYWORD]: [NODE_NOT_ITS_OWN_PARENT, ...NO_INSTANCE_ELSEWHERE],
  },
);

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
        ...listMap('key'),
      }),
    ),
    rollout: Type.Optional(
      closed(
        {
          maxUnavailable: Type.Optional(
            Type.Integer({
              minimum: 1,
              description:
                'How many workspaces of the org, of whatever class, may be down for a change. Default: what their classes allow.',
            }),
          ),
        },
        { description: 'How changes reach the workspaces of the org.' },
      ),
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

function nodeKey(description: string) {
  return Type.String({
    pattern: KEY_PATTERN,
    // The length of a Kubernetes name, which a path of names may use up.
    maxLength: 253,
    description,
    [WORDS_KEYWORD]:
      'must be lower case letters, digits, "-", "." and "/", with a letter or digit at both ends',
  });
}
