import {
  registerAnswerSchema,
  registerRequestSchema,
  toAgentStatus,
} from '../../api/agent-messages.ts';
import { Problem } from '../problem.ts';
import type { ApiServer } from '../route-schema.ts';
import { checkAgentUrl } from './agent-url.ts';
import type { Agents } from './agents.ts';
import type { AgentApiOptions } from './options.ts';

/** A card describes skills in words; manifests of agents have some kilobytes. */
const BODY_LIMIT_BYTES = 256 * 1024;

/** An agent says that it is there and where it listens. */
export function registerRegister(
  server: ApiServer,
  agents: Agents,
  { agentNetwork, resolveHost }: AgentApiOptions,
): void {
  server.post(
    '/registry/register',
    {
      bodyLimit: BODY_LIMIT_BYTES,
      config: { isForAgents: true },
      schema: {
        tags: ['agents'],
        operationId: 'registerAgent',
        summary: 'The agent is there, and listens at this address',
        body: registerRequestSchema,
        response: { 200: registerAnswerSchema },
      },
    },
    async (request) => {
      const { id: uid, url: text, agent_card: card, config_revision } = request.body;
      // Nobody without a good token makes the controller ask name servers.
      await agents.say(request, { kind: 'look', uid });
      const verdict = await checkAgentUrl(text, agentNetwork, resolveHost);
      if ('refusal' in verdict) {
        throw invalidUrl(verdict.refusal);
      }
      const revision = config_revision !== undefined && { configRevision: config_revision };
      const word = { kind: 'register', uid, url: verdict.url, card, ...revision } as const;
      const { phase, desiredState, configRevision } = await agents.say(request, word);
      return { status: toAgentStatus(phase), desiredState, configRevision };
    },
  );
}

function invalidUrl(refusal: string): Problem {
  return new Problem(422, 'InvalidAgentUrl', `url: ${refusal}`, {
    extensions: { problems: [{ path: 'url', message: refusal }] },
  });
}
