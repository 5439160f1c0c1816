import type { FastifyRequest } from 'fastify';
import type { Clock } from '../../lib/clock.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { storeWords } from '../../store/agent-reports.ts';
import {
  toWordJson,
  type AcceptedWord,
  type AgentWord,
  type RefusalKind,
  type WordAnswer,
} from '../../store/agent-words.ts';
import type { Db } from '../../store/db.ts';
import { Problem, type ProblemReason } from '../problem.ts';
import { Admission } from './admission.ts';
import { ReportWriter } from './report-writer.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** SHA-256 of the token that came with it; set for the routes of agents alone. */
    agentTokenHash: string;
  }
}

/** What an agent says, without who says it: that is its token. */
type Saying<W extends AgentWord = AgentWord> = W extends AgentWord ? Omit<W, 'tokenHash'> : never;

/** The agents as the routes see them: who may ask, and what they are answered. */
export class Agents {
  readonly #writer: ReportWriter;
  readonly #admission: Admission;

  constructor(db: Db, clock: Clock) {
    this.#writer = new ReportWriter((words) => storeWords(db, words), clock);
    this.#admission = new Admission(clock);
  }

  /** Before anything of the body is read. Throws a `Problem` with 401 without a token, with 429 for too many requests. */
  admit(request: FastifyRequest): void {
    const token = /^Bearer +([\x21-\x7e]+) *$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) {
      throw unauthorized('Unauthenticated', 'send the token of the agent: Authorization: Bearer …');
    }
    request.agentTokenHash = sha256Hex(token);
    this.#admission.admit(askerOf(request));
  }

  /** Tells what became of it, also where it was refused. Throws `StoreUnavailableError`. */
  async ask(request: FastifyRequest, saying: Saying): Promise<WordAnswer> {
    const word = { ...saying, tokenHash: request.agentTokenHash } as AgentWord;
    const answer = await this.#writer.write(toWordJson(word));
    this.#admission.settle(askerOf(request), answer.kind !== 'unauthorized');
    return answer;
  }

  /** As `ask`; throws a `Problem` with 401, 403, 404 or 410 where the word does not count. */
  async say(request: FastifyRequest, saying: Saying): Promise<AcceptedWord> {
    return accepted(await this.ask(request, saying));
  }
}

function askerOf({ agentTokenHash: tokenHash, ip: address }: FastifyRequest) {
  return { tokenHash, address };
}

const REFUSALS: Readonly<
  Record<Exclude<RefusalKind, 'unauthorized'>, readonly [number, ProblemReason, string]>
> = {
  'wrong-workspace': [403, 'WrongWorkspace', 'this token is that of another workspace'],
  'unknown-workspace': [404, 'NotFound', 'this workspace does not exist'],
  gone: [410, 'BeingDeleted', 'this workspace is being deleted'],
  'stale-attempt': [410, 'StaleAttempt', 'this token is of an attempt that is over'],
};

/** Throws a `Problem` for every other answer. */
export function accepted(answer: WordAnswer): AcceptedWord {
  if (answer.kind === 'ok') {
    return answer;
  }
  if (answer.kind === 'unauthorized') {
    throw unauthorized('InvalidToken', 'this token does not exist or was revoked');
  }
  const [status, reason, detail] = REFUSALS[answer.kind];
  throw new Problem(status, reason, detail);
}

function unauthorized(reason: 'Unauthenticated' | 'InvalidToken', detail: string): Problem {
  const challenge = `Bearer realm="treeline agents"${reason === 'InvalidToken' ? ', error="invalid_token"' : ''}`;
  return new Problem(401, reason, detail, { headers: { 'www-authenticate': challenge } });
}
