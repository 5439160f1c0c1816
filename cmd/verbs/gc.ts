import { Option, type Command } from 'commander';
import type {
  GarbageAnswer,
  GarbageApproval,
  GarbageApprovalAnswer,
  GarbageEntry,
} from '../../server/contract-operations.ts';
import { CliError, usageError } from '../cli-error.ts';
import { confirm } from './confirm.ts';
import { print, warn, type Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { outputFlag } from './output-flag.ts';
import { renderBreaker, renderGarbage } from '../output/garbage-table.ts';
import { renderStructured } from '../output/structured.ts';
import { PATHS } from '../paths.ts';
import { openSession } from '../session.ts';
import { textFlag, type Bind, type Typed } from '../verb.ts';

const FORMATS = ['table', 'json', 'yaml'] as const;

export function define(command: Command, bind: Bind): void {
  command
    .command('plan')
    .description('Show what belongs to no record, what becomes of it and why.')
    .addOption(
      new Option(
        '-o, --output <format>',
        `${FORMATS.join(', ')} (default: table; json has the evidence)`,
      ),
    )
    .action(bind(plan));
  command
    .command('approve')
    .description(
      'Approve the deletion of unclaimed instances, or of the list that the breaker halted.',
    )
    .argument('[instances...]', 'as `gc plan` names them: BACKEND/ID')
    .option('--breaker <digest>', 'approve exactly the halted list with this digest')
    .option('-y, --yes', 'do not ask')
    .action(bind(approve));
}

async function plan(context: Context, typed: Typed): Promise<ExitCode> {
  const format = outputFlag(typed, FORMATS);
  const { client } = await openSession(context, typed);
  const answer = await client.call<GarbageAnswer>(PATHS.garbage);
  if (format !== 'table') {
    print(context, await renderStructured(answer, format));
    return EXIT.ok;
  }
  const now = context.clock.now();
  [...renderBreaker(answer.breaker), ...renderGarbage(answer.entries, now)].forEach((line) => {
    print(context, line);
  });
  if (answer.entries.length === 0) {
    warn(context, 'everything that runs belongs to a record');
  }
  return EXIT.ok;
}

async function approve(context: Context, typed: Typed): Promise<ExitCode> {
  const { client } = await openSession(context, typed);
  const digest = textFlag(typed, 'breaker');
  if (typed.operands.length === 0 && digest === undefined) {
    throw usageError(
      'name instances, or give --breaker with a digest: `treeline gc plan` shows both',
    );
  }
  const { entries, breaker } = await client.call<GarbageAnswer>(PATHS.garbage);
  const chosen = typed.operands.map((word) => findEntry(entries, word));
  [
    ...renderGarbage(chosen, context.clock.now()),
    ...(digest === undefined ? [] : renderBreaker(breaker)),
  ].forEach((line) => {
    warn(context, line);
  });
  await confirm(context, typed, 'These instances will be deleted for good. Approve?');
  const body: GarbageApproval = {
    ...(chosen.length === 0
      ? {}
      : { instances: chosen.map(({ backend, instanceId }) => ({ backend, instanceId })) }),
    ...(digest === undefined ? {} : { breakerDigest: digest }),
  };
  const answer = await client.call<GarbageApprovalAnswer>(PATHS.garbageApproval, {
    method: 'POST',
    body,
  });
  print(context, describeApproval(answer));
  return EXIT.ok;
}

function describeApproval({ approved, breakerApproved }: GarbageApprovalAnswer): string {
  return [
    ...(approved > 0 ? [`${approved} instance${approved === 1 ? '' : 's'} approved`] : []),
    ...(breakerApproved ? ['the halted list is approved'] : []),
  ].join(', ');
}

/** `process/abc-1`, or the id alone where only one backend has it. Throws `notFound`. */
function findEntry(entries: readonly GarbageEntry[], word: string): GarbageEntry {
  const matching = entries.filter(
    ({ backend, instanceId }) => `${backend}/${instanceId}` === word || instanceId === word,
  );
  const [entry] = matching;
  if (entry === undefined) {
    throw new CliError(
      `there is no instance ${word} without a record: see \`treeline gc plan\``,
      EXIT.notFound,
    );
  }
  if (matching.length > 1) {
    throw usageError(`several backends have an instance ${word}: write BACKEND/${word}`);
  }
  return entry;
}
