import type { RequestAnswer } from '../../server/contract.ts';
import type { Query } from '../client.ts';
import { print, type Context } from '../context.ts';
import { forEachNamed } from './edit.ts';
import type { ExitCode } from '../exit-codes.ts';
import { workspaceRequestPath } from '../paths.ts';
import { isFlagSet, type Typed } from '../verb.ts';
import type { Goal } from './wait-goal.ts';
import { timeoutSecondsOf, waitUntil } from './wait-until.ts';

export interface Wish {
  readonly verb: 'hibernate' | 'wake';
  readonly query?: Query;
  /** Completes `workspace/ada ...`, unless the answer says what it comes to instead. */
  readonly said: string;
  readonly goal: Goal;
}

/** Asks it of everyone that was named; with `--wait`, waits for those that did not refuse. */
export async function askAndWait(
  context: Context,
  typed: Typed,
  { verb, query = {}, said, goal }: Wish,
): Promise<ExitCode> {
  // A mistake in a flag is said before anything has happened.
  timeoutSecondsOf(typed);
  const asked: string[] = [];
  const code = await forEachNamed(context, typed, async ({ client, namespace }, name) => {
    const path = workspaceRequestPath({ namespace, name }, verb);
    const { remark } = await client.call<RequestAnswer>(path, { method: 'POST', query });
    asked.push(`${namespace}/${name}`);
    print(context, `workspace/${name} ${remark ?? said}`);
  });
  if (asked.length > 0 && isFlagSet(typed, 'wait')) {
    await waitUntil(context, typed, ({ namespace }) => ({ goal, namespace, names: asked }));
  }
  return code;
}
