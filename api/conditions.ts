import { Type, type Static } from 'typebox';
import type { ConditionType, Phase, Reason } from './reasons.ts';
import { closed, listMap, oneOf, time, word } from './schema.ts';

export * from './reasons.ts';

const CONDITION_STATUSES = ['True', 'False', 'Unknown'] as const;
export type ConditionStatus = (typeof CONDITION_STATUSES)[number];

const conditionSchema = closed(
  {
    type: word<ConditionType>('Aspect of the object, e.g. Ready.'),
    status: oneOf(CONDITION_STATUSES, 'Whether it is so.'),
    reason: word<Reason>('Stable CamelCase word for machines.'),
    message: Type.String({
      description: 'For people; at most 300 characters, no request ids, no counters.',
    }),
    observedGeneration: Type.Integer({ description: 'Generation of the spec it speaks of.' }),
    lastTransitionTime: time('Moves only when status flips.'),
  },
  { description: 'One aspect of what was seen.' },
);

/** One aspect of what was seen. */
export type Condition = DeepReadonly<Static<typeof conditionSchema>>;

const commonStatusFields = {
  observedGeneration: Type.Integer({ description: 'Generation of the spec it was computed from.' }),
  conditions: Type.Array(conditionSchema, {
    description: 'What was seen, one entry per type.',
    ...listMap('type'),
  }),
};

/** What was seen of an object whose controller says no more than conditions. */
export const commonStatusSchema = closed(commonStatusFields, { description: 'What was seen.' });

/** Every field is declared: the API server silently drops one that is not, and the controller writes it for ever. */
export const workspaceStatusSchema = closed(
  {
    ...commonStatusFields,
    phase: word<Phase>('One word for people; derived from the conditions.'),
    url: Type.Optional(
      Type.String({ description: 'Where the agent listens, e.g. http://127.0.0.1:20003.' }),
    ),
    backend: Type.Optional(
      closed(
        {
          type: Type.String({ description: 'Name of the backend.' }),
          id: Type.String({ description: 'Its id of the instance.' }),
          zone: Type.Optional(Type.String({ description: 'Where the instance was placed.' })),
          image: Type.Optional(Type.String({ description: 'What it was started from.' })),
          launchedAt: time('When the instance was launched.'),
          attempt: Type.Integer({ description: 'Number of the launch; never used twice.' }),
        },
        { description: 'The instance.' },
      ),
    ),
    resolved: Type.Optional(
      closed(
        {
          template: Type.Optional(Type.String({ description: 'Name of the template.' })),
          runtime: Type.String({ description: 'Name of the agent runtime.' }),
          model: Type.Optional(Type.String({ description: 'Language model.' })),
          tier: Type.Integer({ description: 'Size and isolation.' }),
          class: Type.Optional(
            Type.String({
              description: 'Name of the class; none for an agent that runs elsewhere.',
            }),
          ),
          configRevision: Type.String({ description: 'Hash of env and files.' }),
        },
        { description: 'What spec, template, class and built-in defaults came to.' },
      ),
    ),
    parentUID: Type.Optional(Type.String({ description: 'The parent that was found.' })),
    depth: Type.Integer({ description: 'Distance from the root of its tree, which has 0.' }),
    children: closed(
      {
        total: Type.Integer({ description: 'Direct children.' }),
        ready: Type.Integer({ description: 'Of these, how many are Ready.' }),
      },
      { description: 'Direct children in the tree.' },
    ),
    lastHeartbeatTime: Type.Optional(
      time('Written when Available flips, not with each heartbeat.'),
    ),
    failures: Type.Optional(
      closed(
        {
          count: Type.Integer({ description: 'In a row.' }),
          lastReason: Type.String({ description: 'Reason of the last one.' }),
          nextAttemptAt: Type.Optional(time('Not tried again before.')),
        },
        { description: 'Launches refused and instances that ended by themselves.' },
      ),
    ),
    lastExit: Type.Optional(
      closed(
        {
          attempt: Type.Integer({ description: 'Number of the launch.' }),
          code: Type.Optional(Type.Integer({ description: 'Exit code.' })),
          signal: Type.Optional(Type.String({ description: 'Signal that ended it.' })),
          at: time('When it ended.'),
          log: Type.String({ description: 'Last log lines.' }),
        },
        { description: 'How the last instance ended that ended by itself.' },
      ),
    ),
    rollout: Type.Optional(
      closed(
        {
          downSince: time('When it was taken down.'),
          deadline: time('It has to be Ready by then, and not to fail before.'),
          wasUnwell: Type.Optional(
            Type.Boolean({ description: 'It had failed before; what became of it stops nobody.' }),
          ),
          failure: Type.Optional(
            closed(
              {
                at: time('When it failed, or ran out of time.'),
                reason: Type.String({ description: 'Why it did not come back.' }),
              },
              { description: 'It did not come back: no other one of its class is taken down.' },
            ),
          ),
        },
        {
          description: 'The change that it was taken down for last, until that has proved itself.',
        },
      ),
    ),
    lastHandledReconcileAt: Type.Optional(
      Type.String({
        description: 'Last value of the annotation reconcile-requested-at acted upon.',
      }),
    ),
  },
  { description: 'What was seen. Written by the controller alone.' },
);

/** What was seen of a workspace. Computed whole, by one writer, and written only when it differs. */
export type WorkspaceStatus = DeepReadonly<Static<typeof workspaceStatusSchema>>;

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** The status of an object that no controller has looked at; GitOps tools must not call it healthy. */
export const UNTOUCHED_STATUS = {
  observedGeneration: -1,
  conditions: [
    {
      type: 'Ready',
      status: 'Unknown',
      reason: 'Pending',
      message: 'waiting for controller',
      lastTransitionTime: '1970-01-01T00:00:00Z',
    },
  ],
} as const;
