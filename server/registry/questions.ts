import { Type } from 'typebox';
import {
  peersAnswerSchema,
  stateAnswerSchema,
  toAgentStatus,
  type PeersAnswer,
  type StateAnswer,
} from '../../api/agent-messages.ts';
import { closed } from '../../api/schema.ts';
import type { WordAnswer } from '../../store/agent-words.ts';
import type { Db } from '../../store/db.ts';
import { listPeers, type Peer } from '../../store/peers.ts';
import { pathParameters, type ApiServer } from '../route-schema.ts';
import { accepted, type Agents } from './agents.ts';

const uidParameter = {
  uid: Type.String({ minLength: 1, maxLength: 128, description: 'Uid of the workspace.' }),
};
const peersQuerySchema = closed({
  q: Type.Optional(Type.String({ maxLength: 100, description: 'Part of the name or the role.' })),
});

/** Whether the workspace is paused or deleted. */
export function registerState(server: ApiServer, agents: Agents): void {
  server.get(
    '/workspaces/:uid/state',
    {
      config: { isForAgents: true },
      schema: {
        tags: ['agents'],
        operationId: 'getWorkspaceState',
        summary: 'How the workspace is; 404 with `deleted: true` when it is gone',
        params: pathParameters(uidParameter),
        response: { 200: stateAnswerSchema, 404: stateAnswerSchema },
      },
    },
    async (request, reply) => {
      const { uid } = request.params;
      const answer = await agents.ask(request, { kind: 'look', uid });
      const state = toState(uid, answer);
      return await reply.status(state.deleted ? 404 : 200).send(state);
    },
  );
}

function toState(uid: string, answer: WordAnswer): StateAnswer {
  if (answer.kind === 'gone' || answer.kind === 'unknown-workspace') {
    return { workspace_id: uid, status: 'removed', paused: false, deleted: true };
  }
  const { phase, desiredState } = accepted(answer);
  const paused = desiredState === 'Paused';
  return { workspace_id: uid, status: toAgentStatus(phase), paused, deleted: false };
}

/** Whom the agent may talk to. */
export function registerPeers(server: ApiServer, agents: Agents, db: Db): void {
  server.get(
    '/registry/:uid/peers',
    {
      config: { isForAgents: true },
      schema: {
        tags: ['agents'],
        operationId: 'listPeers',
        summary: 'Parent, siblings and children of the workspace',
        params: pathParameters(uidParameter),
        querystring: peersQuerySchema,
        response: { 200: peersAnswerSchema },
      },
    },
    async (request) => {
      const { uid } = await agents.say(request, { kind: 'look', uid: request.params.uid });
      return { peers: (await listPeers(db, uid, request.query.q)).map(toPeer) };
    },
  );
}

function toPeer({ uid, name, relation, role, phase, url, card }: Peer): PeersAnswer['peers'][0] {
  return {
    id: uid,
    name,
    relation,
    ...(role !== null && { role }),
    status: toAgentStatus(phase),
    ...(url !== null && { url }),
    ...(card !== null && { agent_card: card }),
  };
}
