import { UnknownOutcomeError } from '../../lib/errors.ts';
import type { PostAnswer } from '../../lib/post-json.ts';
import { inTransaction } from '../../store/db.ts';
import { messageAnswerSchema, messageSchema } from '../contract-requests.ts';
import type { Recipient, ServerOptions } from '../options.ts';
import { Problem, type ProblemOptions, type ProblemReason } from '../problem.ts';
import {
  nameParameter,
  namespaceParameter,
  pathParameters,
  type ApiServer,
} from '../route-schema.ts';
import type { AgentNetwork } from '../registry/address-ranges.ts';
import { checkAgentUrl, type ResolveHost } from '../registry/agent-url.ts';
import { limitLookups } from '../registry/host-resolver.ts';
import { findRecipient } from './recipient.ts';

/** Seconds after which a sleeping agent may be up (lessons.md, 2.2). */
const RETRY_AFTER_SECONDS = 15;

/** Messages for agents. Nothing is kept: who gets 503 sends it again. */
export function registerMessages(server: ApiServer, options: ServerOptions): void {
  const { db, clock, agents } = options;
  const addresses = agents && {
    network: agents.agentNetwork,
    resolveHost: limitLookups(agents.resolveHost, clock),
  };
  server.post(
    '/api/v1/namespaces/:ns/workspaces/:name/messages',
    {
      schema: {
        tags: ['workspaces'],
        operationId: 'sendMessage',
        summary:
          'Give the agent a message and answer what it answers. A hibernated one wakes up: 503, to be sent again later',
        params: pathParameters({ ...namespaceParameter, ...nameParameter }),
        body: messageSchema,
        response: { 200: messageAnswerSchema },
      },
    },
    async ({ params, body }) => {
      const what = `the agent of workspace ${params.ns}/${params.name}`;
      const found = await inTransaction(db, (tx) => findRecipient(tx, params, clock.now()));
      if (found.kind === 'waiting') {
        throw tryAgain(found.reason, `${what} ${found.why}; send it again later`);
      }
      const recipient = found.isOurs
        ? found.recipient
        : await checked(found.recipient, addresses, what);
      const answer = await send(options, recipient, { what, body });
      return { uid: recipient.workspaceUid, answer: readAnswer(answer, what) };
    },
  );
}

/** Where agents may listen, and how their names are looked up: a few at a time, over all requests. */
interface Addresses {
  readonly network: AgentNetwork;
  readonly resolveHost: ResolveHost;
}

/** A name that was checked when the agent registered may stand for another address by now. */
async function checked(
  recipient: Recipient,
  addresses: Addresses | undefined,
  what: string,
): Promise<Recipient> {
  const verdict =
    addresses === undefined
      ? { refusal: 'cannot be checked: this server has no agents' }
      : await checkAgentUrl(recipient.url, addresses.network, addresses.resolveHost);
  if ('refusal' in verdict) {
    throw agentProblem('AgentUnreachable', `the address of ${what} ${verdict.refusal}`);
  }
  return { ...recipient, addresses: verdict.addresses };
}

async function send(
  { sendMessage }: ServerOptions,
  recipient: Recipient,
  { what, body }: { readonly what: string; readonly body: unknown },
): Promise<PostAnswer> {
  try {
    return await sendMessage(recipient, body);
  } catch (cause) {
    throw cause instanceof UnknownOutcomeError
      ? agentProblem(
          'AgentUnreachable',
          `${what} did not answer: whether it has the message is unknown`,
          { cause },
        )
      : cause;
  }
}

/** What it said, when it took the message. Throws a `Problem` when not. */
function readAnswer({ status, text }: PostAnswer, what: string): unknown {
  if (status === 503) {
    throw tryAgain('Draining', `${what} takes nothing new at the moment; send it again later`);
  }
  if (status < 200 || status > 299) {
    throw agentProblem('AgentFailed', `${what} refused it with status ${status}`);
  }
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function tryAgain(reason: ProblemReason, detail: string): Problem {
  const headers = { 'retry-after': String(RETRY_AFTER_SECONDS) };
  return new Problem(503, reason, detail, { headers, isFault: false });
}

function agentProblem(reason: ProblemReason, detail: string, options: ProblemOptions = {}) {
  return new Problem(502, reason, detail, { ...options, isFault: false });
}
