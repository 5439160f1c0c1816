import { Type, type Static } from 'typebox';
import { closed, oneOf } from '../api/schema.ts';
import { MAX_LIMIT, DEFAULT_LIMIT, type WorkspaceObject } from './contract.ts';

/** Shapes of what is looked at and decided besides objects: events, logs, garbage, sources, tokens, health. */

/** Text without control characters: PostgreSQL stores no NUL, and terminals obey some of the others. */
const PLAIN = { pattern: '^[^\\u0000-\\u001f\\u007f]*$' } as const;

export const eventsQuerySchema = closed({
  after: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Only events with a greater id. None: the newest `limit`.',
    }),
  ),
  namespace: Type.Optional(Type.String({ ...PLAIN, maxLength: 63 })),
  workspace: Type.Optional(
    Type.String({ ...PLAIN, maxLength: 63, description: 'Name of a workspace.' }),
  ),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: MAX_LIMIT, description: `Default: ${DEFAULT_LIMIT}.` }),
  ),
  follow: Type.Optional(
    Type.Boolean({ description: 'Stream: one event per line; empty lines keep it alive.' }),
  ),
});
export type EventsQuery = Static<typeof eventsQuerySchema>;

export const activityEventSchema = Type.Object({
  id: Type.Integer(),
  at: Type.String(),
  workspaceUid: Type.Optional(Type.String()),
  namespace: Type.String(),
  name: Type.String(),
  action: Type.String(),
  reason: Type.String(),
  message: Type.String(),
  data: Type.Unknown(),
});
export type ActivityEvent = Static<typeof activityEventSchema>;

/** Oldest first. `next` is what to give as `after` to see what comes later; always present. */
export const eventListSchema = Type.Object({
  items: Type.Array(activityEventSchema),
  next: Type.Integer(),
});
export type EventList = Static<typeof eventListSchema>;

export const watchQuerySchema = closed({
  namespace: Type.Optional(
    Type.String({ ...PLAIN, maxLength: 63, description: 'None: all namespaces.' }),
  ),
});

/**
 * One line of `GET /api/v1/watch/workspaces` (newline-delimited JSON, empty lines are heartbeats): first `ADDED` for
 * everything there is, then one `BOOKMARK`, then changes. `DELETED` carries no more than who it was.
 * A client that was cut off starts again from the beginning.
 */
export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED'; readonly object: WorkspaceObject }
  | { readonly type: 'DELETED'; readonly object: DeletedWorkspace }
  | { readonly type: 'BOOKMARK' };
export interface DeletedWorkspace {
  readonly apiVersion: string;
  readonly kind: 'Workspace';
  readonly metadata: { readonly namespace: string; readonly name: string; readonly uid: string };
}

/** Lines of a log that is asked for without `tail`. */
export const DEFAULT_TAIL = 100;
/** The answer is `text/plain`; with `follow` it goes on until the client leaves. */
export const logQuerySchema = closed({
  tail: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 10_000, description: `Default: ${DEFAULT_TAIL}.` }),
  ),
  follow: Type.Optional(Type.Boolean()),
});

export const garbageEntrySchema = Type.Object({
  backend: Type.String(),
  instanceId: Type.String(),
  workspaceUid: Type.String(),
  attempt: Type.Integer(),
  firstSeenAt: Type.String(),
  lastSeenAt: Type.String(),
  decision: Type.String({
    description: 'unclaimed, approved, deleting, terminated, reported, gone.',
  }),
  evidence: Type.Unknown(),
  approvedBy: Type.Optional(Type.String()),
});
export type GarbageEntry = Static<typeof garbageEntrySchema>;

/** `digest` is what a person gives back to approve exactly the halted list. */
const breakerSchema = Type.Object({
  isOpen: Type.Boolean(),
  reason: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
  digest: Type.Optional(Type.String()),
  approvedDigest: Type.Optional(Type.String()),
  liveRecords: Type.Integer({ description: 'At the last pass.' }),
});

export const garbageAnswerSchema = Type.Object({
  entries: Type.Array(garbageEntrySchema),
  breaker: breakerSchema,
});
export type GarbageAnswer = Static<typeof garbageAnswerSchema>;

/** Instances by id, or the list that the breaker halted; at least one of them. */
export const garbageApprovalSchema = closed(
  {
    instances: Type.Optional(
      Type.Array(
        closed({
          backend: Type.String({ ...PLAIN, minLength: 1 }),
          instanceId: Type.String({ ...PLAIN, minLength: 1 }),
        }),
        { minItems: 1, maxItems: 1000 },
      ),
    ),
    breakerDigest: Type.Optional(Type.String({ ...PLAIN, minLength: 1, maxLength: 128 })),
  },
  { minProperties: 1 },
);
export type GarbageApproval = Static<typeof garbageApprovalSchema>;

/** How many entries were approved, and whether the breaker's list was. */
export const garbageApprovalAnswerSchema = Type.Object({
  approved: Type.Integer(),
  breakerApproved: Type.Boolean(),
});
export type GarbageApprovalAnswer = Static<typeof garbageApprovalAnswerSchema>;

export const sourceSchema = Type.Object({
  name: Type.String({ description: 'The apply set, e.g. directory.' }),
  state: oneOf(['Active', 'Held'], 'Held: deletions wait for a person.'),
  problems: Type.Array(Type.String()),
  heldDigest: Type.Optional(Type.String()),
  heldDeletions: Type.Array(Type.String({ description: '`Workspace default/ada`.' })),
  confirmedDigest: Type.Optional(Type.String()),
  confirmedBy: Type.Optional(Type.String()),
  updatedAt: Type.String(),
});
export type Source = Static<typeof sourceSchema>;
export const sourceListSchema = Type.Object({ items: Type.Array(sourceSchema) });
export const sourceConfirmationSchema = closed({
  digest: Type.String({ minLength: 1, maxLength: 128 }),
});

export const tokenSchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  prefix: Type.String({ description: 'First 8 characters, to recognise it.' }),
  readOnly: Type.Boolean(),
  createdAt: Type.String(),
  revokedAt: Type.Optional(Type.String()),
});
export type ApiToken = Static<typeof tokenSchema>;
export const tokenListSchema = Type.Object({ items: Type.Array(tokenSchema) });

export const tokenRequestSchema = closed({
  name: Type.String({
    ...PLAIN,
    minLength: 1,
    maxLength: 100,
    description: 'Who or what will use it.',
  }),
  readOnly: Type.Optional(Type.Boolean({ description: 'Default: false.' })),
});

/** The only answer that holds the token itself; the database keeps its hash. */
export const createdTokenSchema = Type.Object({
  ...tokenSchema.properties,
  token: Type.String(),
});
export type CreatedToken = Static<typeof createdTokenSchema>;

export const readinessSchema = Type.Object({
  ready: Type.Boolean(),
  problems: Type.Array(Type.String()),
});
export type Readiness = Static<typeof readinessSchema>;

const laneSchema = Type.Object(
  {
    bucket: Type.String({ description: "The provider's name of what is limited." }),
    tokens: Type.Number({ description: 'Calls that may be sent now.' }),
    refillPerSecond: Type.Number({ description: 'Calls that come back each second.' }),
    fullRefillPerSecond: Type.Number({
      description: 'The same while the provider throttles nothing.',
    }),
    burst: Type.Number({ description: 'Calls that may be sent at once after a pause.' }),
    waiting: Type.Integer({ description: 'Calls that wait for their turn.' }),
    throttled: Type.Integer({ description: 'Throttles since the start of the controller.' }),
  },
  { description: 'One limiter in front of a provider.' },
);

export const backendInfoSchema = Type.Object({
  name: Type.String(),
  available: Type.Boolean({
    description: 'False when the last look failed. Only a controller that leads looks.',
  }),
  message: Type.Optional(Type.String({ description: 'Why it is not available.' })),
  endpoint: Type.Optional(
    Type.String({ description: 'Where it asks instead of the provider itself, for tests.' }),
  ),
  instances: Type.Optional(
    Type.Integer({ description: 'In the last complete list, without those that have ended.' }),
  ),
  observedAt: Type.Optional(Type.String({ description: 'When the last complete list began.' })),
  lanes: Type.Optional(
    Type.Array(laneSchema, {
      description: 'How fast calls may be sent now, where that is limited.',
    }),
  ),
});
export type BackendInfo = Static<typeof backendInfoSchema>;
export const backendListSchema = Type.Object({ items: Type.Array(backendInfoSchema) });

export const versionSchema = Type.Object({
  version: Type.String(),
  apiVersion: Type.String(),
  installationId: Type.String(),
});
export type Version = Static<typeof versionSchema>;
