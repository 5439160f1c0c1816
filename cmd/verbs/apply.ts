import { Option, type Command } from 'commander';
import type { ApplyAnswer, ApplyResult } from '../../server/contract.ts';
import { sendApply, withApplyFlags } from './apply-request.ts';
import { print, warn, type Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { shortReference } from '../kinds.ts';
import { outputFlag } from './output-flag.ts';
import { renderStructured } from '../output/structured.ts';
import { openSession } from '../session.ts';
import { isFlagSet, type Bind, type Typed } from '../verb.ts';

const FORMATS = ['text', 'json', 'yaml'] as const;

export function define(command: Command, bind: Bind): void {
  withApplyFlags(command)
    .option('--dry-run', 'say what would happen, change nothing')
    .addOption(new Option('-o, --output <format>', `${FORMATS.join(', ')} (default: text)`))
    .action(bind(apply));
}

async function apply(context: Context, typed: Typed): Promise<ExitCode> {
  const format = outputFlag(typed, FORMATS);
  const session = await openSession(context, typed);
  const dryRun = isFlagSet(typed, 'dryRun');
  const answer = await sendApply(context, typed, { session, dryRun });
  if (format === 'text') {
    report(context, answer);
  } else {
    print(context, await renderStructured(answer, format));
  }
  return answer.results.some(isRefused) ? EXIT.refused : EXIT.ok;
}

function report(context: Context, { results, dryRun }: ApplyAnswer): void {
  for (const result of results) {
    if (isRefused(result)) {
      warn(context, describeRefusal(result));
    } else {
      print(context, `${shortReference(result)} ${result.action}${dryRun ? ' (dry run)' : ''}`);
    }
  }
}

export function isRefused({ action }: ApplyResult): boolean {
  return action === 'refused';
}

export function describeRefusal(result: ApplyResult): string {
  const { reason = 'refused', message = 'the server does not say why' } = result;
  return `${shortReference(result)} refused: ${reason}: ${message}`;
}
