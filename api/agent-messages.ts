import { toRevision } from './config-revision.ts';
import { Type, type Static } from 'typebox';
import { hashOf } from '../lib/hash.ts';
import type { Phase } from './reasons.ts';
import { oneOf } from './schema.ts';

/**
 * What agents say and get (lessons.md, 2.4). Fields that are not named here are ignored: agents may be newer than the
 * controller. Numbers out of range are clamped by the receiver, because a heartbeat that is refused makes a living agent
 * look lost.
 */

/** A uid is a UUID; an agent that says anything longer is no workspace of ours. */
const MAX_ID_LENGTH = 128;
/** Longer than any address people use; browsers and proxies stop at the same order. */
const MAX_URL_LENGTH = 2048;

const workspaceId = Type.String({
  minLength: 1,
  maxLength: MAX_ID_LENGTH,
  description: 'Uid of the workspace, as in WORKSPACE_ID.',
});
const card = Type.Unsafe<Readonly<Record<string, unknown>>>({
  type: 'object',
  description: 'What the agent tells others of itself; any JSON object.',
});
const configRevision = Type.Optional(
  Type.String({ maxLength: 128, description: 'Revision of the bundle the agent runs with.' }),
);

export const registerRequestSchema = Type.Object({
  id: workspaceId,
  url: Type.String({ minLength: 1, maxLength: MAX_URL_LENGTH, description: 'Where it listens.' }),
  agent_card: card,
  config_revision: configRevision,
});

const optionalNumber = (description: string) => Type.Optional(Type.Number({ description }));
const optionalText = (description: string) =>
  Type.Optional(Type.Union([Type.String(), Type.Null()], { description }));

export const heartbeatRequestSchema = Type.Object({
  workspace_id: workspaceId,
  error_rate: optionalNumber('Errors / requests since the last beat that was answered; 0 to 1.'),
  sample_error: optionalText('One of the errors.'),
  current_task: optionalText('What it works on.'),
  active_tasks: optionalNumber('Running tasks.'),
  uptime_seconds: optionalNumber('Since the agent started.'),
  monthly_spend: optionalNumber('US cents, up to 10^12; 0: no update.'),
  runtime_state: optionalText('Empty, or wedged.'),
  runtime_metadata: Type.Optional(
    Type.Union([
      Type.Object({
        capabilities: Type.Optional(
          Type.Unsafe<Readonly<Record<string, unknown>>>({
            type: 'object',
            description: 'What it does by itself, e.g. status_mgmt: true.',
          }),
        ),
        idle_timeout_seconds: optionalNumber('Its own limit.'),
      }),
      Type.Null(),
    ]),
  ),
  config_revision: configRevision,
});
export type HeartbeatRequest = Static<typeof heartbeatRequestSchema>;

export const updateCardRequestSchema = Type.Object({ workspace_id: workspaceId, agent_card: card });

const AGENT_STATUSES = [
  'provisioning',
  'online',
  'degraded',
  'offline',
  'failed',
  'paused',
  'hibernating',
  'hibernated',
  'awaiting_agent',
  'removed',
] as const;
/** The one word for a workspace that agents know (lessons.md, 2.1). */
export type AgentStatus = (typeof AGENT_STATUSES)[number];

const STATUS_BY_PHASE: Readonly<Record<Phase, AgentStatus>> = {
  Pending: 'provisioning',
  Provisioning: 'provisioning',
  AwaitingAgent: 'awaiting_agent',
  Online: 'online',
  Degraded: 'degraded',
  Offline: 'offline',
  Paused: 'paused',
  Hibernating: 'hibernating',
  Hibernated: 'hibernated',
  Failed: 'failed',
  Terminating: 'removed',
};

export function toAgentStatus(phase: Phase): AgentStatus {
  return STATUS_BY_PHASE[phase];
}

const status = oneOf(AGENT_STATUSES, 'How the workspace is, as last computed.');
const desiredFields = {
  status,
  desiredState: oneOf(
    ['Running', 'Paused', 'Hibernated'],
    'How the agent should be: it drains when this is not Running. A pause of any ancestor counts.',
  ),
  configRevision: Type.String({
    description: 'Of the bundle the instance was last started with; empty when it is not known.',
  }),
};

export const childrenSchema = Type.Object({
  revision: Type.String({ description: 'Another value: the children are others than before.' }),
  items: Type.Array(Type.Object({ uid: Type.String(), name: Type.String() })),
});
export type AgentChildren = Static<typeof childrenSchema>;

/** Direct children in the order given, and a revision that depends on nothing else. */
export function toAgentChildren(
  items: readonly { readonly uid: string; readonly name: string }[],
): AgentChildren {
  const pairs = items.map(({ uid, name }) => ({ uid, name }));
  return { revision: toRevision(hashOf(pairs)), items: pairs };
}

export const registerAnswerSchema = Type.Object({
  ...desiredFields,
  auth_token: Type.Optional(
    Type.String({ description: 'Never needed: the token is in the bundle.' }),
  ),
});

export const heartbeatAnswerSchema = Type.Object({ ...desiredFields, children: childrenSchema });

export const updateCardAnswerSchema = Type.Object({ status });

/** Also the body of the 404 of a workspace that is gone; then `deleted` is true. */
export const stateAnswerSchema = Type.Object({
  workspace_id: Type.String(),
  status,
  paused: Type.Boolean({ description: 'By itself or by an ancestor.' }),
  deleted: Type.Boolean(),
});
export type StateAnswer = Static<typeof stateAnswerSchema>;

export const peersAnswerSchema = Type.Object({
  peers: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      relation: oneOf(['parent', 'sibling', 'child'], 'What it is to the one who asks.'),
      role: Type.Optional(Type.String()),
      status,
      url: Type.Optional(Type.String({ description: 'Where it said that it listens.' })),
      agent_card: Type.Optional(card),
    }),
  ),
});
export type PeersAnswer = Static<typeof peersAnswerSchema>;

/** Holds secrets: only for the agent itself. */
export const agentBundleSchema = Type.Object({
  env: Type.Record(Type.String(), Type.String()),
  files: Type.Record(Type.String(), Type.String(), { description: 'Relative path to content.' }),
  configRevision: Type.String(),
});
export type AgentBundle = Static<typeof agentBundleSchema>;
