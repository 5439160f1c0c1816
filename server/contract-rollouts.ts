import { Type, type Static } from 'typebox';
import { oneOf } from '../api/schema.ts';

/** Shapes of how changes reach the workspaces of a class or an Org (docs/adr/0007). */

const saidSchema = Type.Object({ at: Type.String(), by: Type.String() });

const downSchema = Type.Object({
  namespace: Type.String(),
  name: Type.String(),
  since: Type.String({ description: 'Not ready since; of one that is ready again, ready since.' }),
  failure: Type.Optional(
    Type.Object({
      at: Type.String(),
      reason: Type.String(),
      stops: Type.Boolean({ description: 'No other workspace of its class is taken down.' }),
    }),
  ),
  takesPlace: Type.Boolean({
    description: 'Counts in maxUnavailable; not when its failure is accepted.',
  }),
});

export const rolloutSchema = Type.Object({
  kind: oneOf(['WorkspaceClass', 'Org'], 'Whose rollouts these are.'),
  namespace: Type.String({ description: "'' for a class." }),
  name: Type.String(),
  uid: Type.String(),
  maxUnavailable: Type.Optional(
    Type.Integer({ description: 'How many may be down for a change. None: no limit of its own.' }),
  ),
  paused: Type.Optional(saidSchema),
  resumed: Type.Optional(saidSchema),
  down: Type.Array(downSchema, {
    description: 'Workspaces that should run and do not, and those that failed just now.',
  }),
});
export type Rollout = Static<typeof rolloutSchema>;
