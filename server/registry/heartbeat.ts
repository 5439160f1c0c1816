import {
  heartbeatAnswerSchema,
  heartbeatRequestSchema,
  toAgentChildren,
  toAgentStatus,
  updateCardAnswerSchema,
  updateCardRequestSchema,
} from '../../api/agent-messages.ts';
import type { ApiServer } from '../route-schema.ts';
import type { Agents } from './agents.ts';
import { toHeartbeatWord } from './heartbeat-word.ts';

/** Some numbers and two texts. */
const HEARTBEAT_LIMIT_BYTES = 64 * 1024;
const CARD_LIMIT_BYTES = 256 * 1024;

/** Signs of life. */
export function registerHeartbeat(server: ApiServer, agents: Agents): void {
  server.post(
    '/registry/heartbeat',
    {
      bodyLimit: HEARTBEAT_LIMIT_BYTES,
      config: { isForAgents: true },
      schema: {
        tags: ['agents'],
        operationId: 'beatAgent',
        summary: 'The agent lives; the answer says what is desired of it',
        body: heartbeatRequestSchema,
        response: { 200: heartbeatAnswerSchema },
      },
    },
    async (request) => {
      const answer = await agents.say(request, toHeartbeatWord(request.body));
      const { phase, desiredState, configRevision, children } = answer;
      const status = toAgentStatus(phase);
      return { status, desiredState, configRevision, children: toAgentChildren(children) };
    },
  );
}

/** Another card, without registering again. */
export function registerUpdateCard(server: ApiServer, agents: Agents): void {
  server.post(
    '/registry/update-card',
    {
      bodyLimit: CARD_LIMIT_BYTES,
      config: { isForAgents: true },
      schema: {
        tags: ['agents'],
        operationId: 'updateAgentCard',
        summary: 'The agent describes itself anew',
        body: updateCardRequestSchema,
        response: { 200: updateCardAnswerSchema },
      },
    },
    async (request) => {
      const { workspace_id: uid, agent_card: card } = request.body;
      const { phase } = await agents.say(request, { kind: 'card', uid, card });
      return { status: toAgentStatus(phase) };
    },
  );
}
