import type { Command } from 'commander';
import { CliError, usageError } from '../cli-error.ts';
import { confirm } from './confirm.ts';
import { warn, type Context } from '../context.ts';
import { deleteAll } from './delete-all.ts';
import { planDeletion, type NamespacedTarget } from './delete-plan.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { withFileFlag } from './file-flag.ts';
import { parseTargets } from '../kinds.ts';
import { openSession, type Session } from '../session.ts';
import { isFlagSet, listFlag, type Bind, type Typed } from '../verb.ts';

export function define(command: Command, bind: Bind): void {
  withFileFlag(command)
    .argument('[words...]', 'NAME (a workspace), KIND/NAME or KIND NAME')
    .option('--descendants-only', 'delete what is below the named workspaces and keep these')
    .option('-y, --yes', 'do not ask')
    .action(bind(remove));
}

/** Shows what will go, asks, and deletes. Instances end afterwards: `treeline wait --for=deleted` waits for that. */
async function remove(context: Context, typed: Typed): Promise<ExitCode> {
  const session = await openSession(context, typed);
  const descendantsOnly = isFlagSet(typed, 'descendantsOnly');
  const targets = await targetsOf(context, typed, session);
  const plan = await planDeletion(session, targets, descendantsOnly);
  const { doomed, missing, refusals } = plan;
  reportMissing(context, typed, missing);
  if (doomed.length === 0) {
    warn(context, 'there is nothing to delete');
    return EXIT.ok;
  }
  // Said before anything is announced or asked; the server would refuse as well.
  const [refusal] = refusals;
  if (refusal !== undefined) {
    throw refusal;
  }
  const count = `${doomed.length} object${doomed.length === 1 ? '' : 's'}`;
  warn(context, [`${count} will be deleted:`, ...doomed.map((one) => `  ${one}`)].join('\n'));
  await confirm(context, typed, `Delete ${count}?`);
  await deleteAll(context, session, { ...plan, descendantsOnly });
  return EXIT.ok;
}

async function targetsOf(
  context: Context,
  typed: Typed,
  { namespace }: Session,
): Promise<NamespacedTarget[]> {
  const paths = listFlag(typed, 'filename');
  if (paths.length > 0 === typed.operands.length > 0) {
    throw usageError('say what to delete: names, or manifests with -f');
  }
  if (paths.length === 0) {
    return parseTargets(typed.operands).map((target) => ({ ...target, namespace }));
  }
  // Reading manifests loads every schema; a deletion by name starts without.
  const { readTargets } = await import('./delete-manifests.ts');
  return readTargets(context, typed);
}

/** A name that was typed wrong ends it before anything is deleted; a manifest may be ahead of what exists. */
function reportMissing(context: Context, typed: Typed, missing: readonly string[]): void {
  const lines = missing.map((one) => `${one} does not exist`);
  if (lines.length > 0 && typed.operands.length > 0) {
    throw new CliError(lines.join('\n'), EXIT.notFound);
  }
  lines.forEach((line) => {
    warn(context, line);
  });
}
