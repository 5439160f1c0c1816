import type { Command } from 'commander';
import { print, type Context } from '../context.ts';
import { parseDurationSeconds } from './duration.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { openSession, type Session } from '../session.ts';
import { textFlag, type Typed } from '../verb.ts';
import { Waiting, type WaitRequest } from './waiting.ts';

/** Longer than an ordinary launch, shorter than a coffee. */
const DEFAULT_TIMEOUT = '5m';

/** `--timeout`, read by `waitUntil`. */
export function addTimeout(command: Command): Command {
  return command.option(
    '--timeout <time>',
    `give up after this long: 90s, 5m, 1h (default: ${DEFAULT_TIMEOUT})`,
  );
}

/** `--wait` of a verb that asks for something; `what` completes "wait until". */
export function addWait(command: Command, what: string): Command {
  return addTimeout(command.option('--wait', `wait until ${what}`));
}

/** Waits, shows how far it is, and says when it is there. Throws a `CliError` when the time is up, or for a wrong flag. */
export async function waitUntil(
  context: Context,
  typed: Typed,
  toRequest: (session: Session) => Omit<WaitRequest, 'timeoutSeconds'>,
): Promise<ExitCode> {
  const deadline = new AbortController();
  const signal = AbortSignal.any([context.signal, deadline.signal]);
  const session = await openSession({ ...context, signal }, typed);
  const request = { ...toRequest(session), timeoutSeconds: timeoutSecondsOf(typed) };
  const cancel = context.clock.schedule(request.timeoutSeconds * 1000, () => {
    deadline.abort();
  });
  const waiting = new Waiting({ context, client: session.client, signal }, request);
  try {
    await waiting.untilReached();
    print(context, waiting.summary());
    return EXIT.ok;
  } catch (error) {
    throw deadline.signal.aborted && !context.signal.aborted ? waiting.timedOut() : error;
  } finally {
    cancel();
    waiting.end();
  }
}

/** Throws a usage error; worth asking for before anything is done. */
export function timeoutSecondsOf(typed: Typed): number {
  return parseDurationSeconds('--timeout', textFlag(typed, 'timeout') ?? DEFAULT_TIMEOUT);
}
