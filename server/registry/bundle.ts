import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { agentBundleSchema, type AgentBundle } from '../../api/agent-messages.ts';
import { PreparationError } from '../../lib/errors.ts';
import type { AcceptedWord } from '../../store/agent-words.ts';
import { Problem, notFound } from '../problem.ts';
import type { ApiServer } from '../route-schema.ts';
import type { Agents } from './agents.ts';
import { TAR, bundleArchive } from './bundle-archive.ts';
import type { AgentApiOptions } from './options.ts';

/** What is missing, or paused, seldom changes within seconds; and a boot waits for nothing else. */
const RETRY_AFTER = { 'retry-after': '15' };
/** It says all with its token. */
const BODY_LIMIT_BYTES = 1024;

const bundleAnswer = {
  description: `JSON, or with \`Accept: ${TAR}\` a tar: the files below configs/, and env.sh. The header treeline-config-revision says its revision.`,
  content: {
    'application/json': { schema: agentBundleSchema },
    [TAR]: { schema: Type.String({ format: 'binary' }) },
  },
};

/** What the agent is to run with. */
export function registerBundle(
  server: ApiServer,
  agents: Agents,
  { renderAgentBundle }: AgentApiOptions,
): void {
  server.get(
    '/agents/v1/bundle',
    {
      config: { isForAgents: true },
      schema: {
        tags: ['agents'],
        operationId: 'getAgentBundle',
        summary: 'Env and files of the workspace, with its secrets and without the credentials',
        response: { 200: bundleAnswer },
      },
    },
    async (request, reply) => {
      const { uid, attempt } = await agents.say(request, { kind: 'look' });
      const bundle = await renderAgentBundle(uid, attempt).catch(explain);
      if (bundle === undefined) {
        throw notFound('the bundle of this attempt');
      }
      return await send(request, reply, bundle);
    },
  );
}

/**
 * The first of an instance that was handed nothing but a bootstrap token: the bundle with credentials. Good again until the
 * agent has spoken with them, because an answer may be lost and a boot may die before it has written them down.
 */
export function registerBootstrap(
  server: ApiServer,
  agents: Agents,
  { bootstrapAgent }: AgentApiOptions,
): void {
  server.post(
    '/agents/v1/bootstrap',
    {
      bodyLimit: BODY_LIMIT_BYTES,
      config: { isForAgents: true },
      schema: {
        tags: ['agents'],
        operationId: 'bootstrapAgent',
        summary: 'The bundle with new credentials, for the bootstrap token of an instance',
        response: { 200: bundleAnswer },
      },
    },
    async (request, reply) => {
      const word = await agents.say(request, { kind: 'bootstrap' });
      assertIsWanted(word);
      const key = { workspaceUid: word.uid, attempt: word.attempt };
      const bundle = await bootstrapAgent(key, request.agentTokenHash).catch(explain);
      if (bundle === undefined) {
        // Something happened meanwhile; asked again, it says what.
        await agents.say(request, { kind: 'bootstrap' });
        throw notFound('the bundle of this attempt');
      }
      return await send(request, reply, bundle);
    },
  );
}

/** Whom nobody wants to run is about to be stopped, and gets no secrets. */
function assertIsWanted({ desiredState }: AcceptedWord): void {
  if (desiredState !== 'Running') {
    const detail = `the workspace is ${desiredState.toLowerCase()}, and its instance about to be stopped`;
    throw new Problem(409, desiredState, detail, { headers: RETRY_AFTER });
  }
}

/** Names and no values: the same text stands in the condition `Accepted`. No fault of the server, so no line in its log. */
function explain(error: unknown): never {
  if (!(error instanceof PreparationError)) {
    throw error;
  }
  const detail = `the bundle cannot be made now: ${error.reason}: ${error.message}`;
  const options = { cause: error, headers: RETRY_AFTER, isFault: false };
  throw new Problem(503, 'BundleUnavailable', detail, options);
}

async function send(
  request: FastifyRequest,
  reply: FastifyReply,
  bundle: AgentBundle,
): Promise<FastifyReply> {
  void reply.header('treeline-config-revision', bundle.configRevision);
  return request.headers.accept?.includes(TAR) === true
    ? await reply.type(TAR).send(await bundleArchive(bundle))
    : await reply.send(bundle);
}
