import type { Command } from 'commander';
import { describeRefusal, isRefused } from './apply.ts';
import { sendApply, withApplyFlags } from './apply-request.ts';
import { CliError } from '../cli-error.ts';
import { print, warn, type Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { renderDiff } from '../output/diff-text.ts';
import { openSession } from '../session.ts';
import type { Bind, Typed } from '../verb.ts';

export function define(command: Command, bind: Bind): void {
  withApplyFlags(command).action(bind(diff));
}

/** Code 1 says that there are differences, as with `diff` and kubectl; so a failure must not be 1 here. */
async function diff(context: Context, typed: Typed): Promise<ExitCode> {
  try {
    return await showDifferences(context, typed);
  } catch (error) {
    throw error instanceof CliError && error.exitCode === EXIT.failure
      ? new CliError(error.message, EXIT.usage, { cause: error })
      : error;
  }
}

async function showDifferences(context: Context, typed: Typed): Promise<ExitCode> {
  const session = await openSession(context, typed);
  const { results } = await sendApply(context, typed, { session, dryRun: true });
  let isDifferent = false;
  for (const result of results) {
    if (isRefused(result)) {
      warn(context, describeRefusal(result));
    }
    for (const line of await renderDiff(result, session.style)) {
      print(context, line);
      isDifferent = true;
    }
  }
  if (results.some(isRefused)) {
    return EXIT.refused;
  }
  return isDifferent ? EXIT.failure : EXIT.ok;
}
