import { messageWithCauses } from '../../lib/error-message.ts';
import {
  ConflictError,
  NotFoundError,
  TerminalError,
  UnauthorizedError,
} from '../../lib/errors.ts';
import { failAll, type Outcomes } from './batcher.ts';

/**
 * More calls for one batch than this do not single out bad ids, they ask one by one: a permission that is missing for all of them,
 * or someone who protected half of the fleet. What is left then is left to the next pass.
 */
const MOST_CALLS = 40;

/** Makes one call about all these ids; the answer tells what it says of each. */
export type CallTogether<V> = (ids: readonly string[]) => Promise<(id: string) => V>;

/**
 * Asks about all ids in one call. One bad id makes EC2 refuse the whole call: those that the error names are taken out
 * and get it, and the others are asked again; when it names none, each half is asked for itself. Errors that are not
 * about ids (a throttle, no answer) go to all.
 */
export async function askTogether<V>(
  ids: readonly string[],
  call: CallTogether<V>,
): Promise<Outcomes<V>> {
  let callsLeft = MOST_CALLS;
  return await ask(ids, async (some) => {
    callsLeft -= 1;
    if (callsLeft < 0) {
      throw new ConflictError('asking for many instances at once: too many of them are refused');
    }
    return await call(some);
  });
}

async function ask<V>(ids: readonly string[], call: CallTogether<V>): Promise<Outcomes<V>> {
  if (ids.length === 0) {
    return new Map();
  }
  try {
    const valueOf = await call(ids);
    return new Map(ids.map((id) => [id, { value: valueOf(id) }]));
  } catch (error) {
    return await askApart(ids, error, call);
  }
}

async function askApart<V>(
  ids: readonly string[],
  error: unknown,
  call: CallTogether<V>,
): Promise<Outcomes<V>> {
  if (ids.length === 1 || !isAboutIds(error)) {
    return failAll(ids, error);
  }
  const named = idsNamedIn(error, ids);
  if (named.size > 0) {
    const others = ids.filter((id) => !named.has(id));
    return new Map([...failAll([...named], error), ...(await ask(others, call))]);
  }
  const middle = Math.ceil(ids.length / 2);
  const first = await ask(ids.slice(0, middle), call);
  return new Map([...first, ...(await ask(ids.slice(middle), call))]);
}

/** No such id, a protected one, or one whose tags do not show that it is ours (so that the policy refuses it). */
function isAboutIds(error: unknown): error is Error {
  return [NotFoundError, TerminalError, UnauthorizedError].some((kind) => error instanceof kind);
}

/** EC2 says which ids it means in the text of its error only. */
function idsNamedIn(error: Error, ids: readonly string[]): ReadonlySet<string> {
  const words = new Set(messageWithCauses(error).split(/[^\w-]+/));
  return new Set(ids.filter((id) => words.has(id)));
}
