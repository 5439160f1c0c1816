import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { print, warn, type Context } from '../context.ts';
import { readDataFolder, removeDataFolder } from '../data-folder.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { explainExpected } from '../expected-error.ts';
import { parseDatabaseOptions } from '../options.ts';
import { listRunningControllers } from '../running-controllers.ts';
import type { Bind, Typed } from '../verb.ts';
import { endInstances } from './end-instances.ts';

export function define(command: Command, bind: Bind): void {
  command.action(bind(clean));
}

/** Ends every instance of the data folder and removes the folder; refuses while a controller works on it. */
async function clean(context: Context, { flags }: Typed): Promise<ExitCode> {
  const { env, workingDirectory } = context;
  const { dataDir, databaseUrl } = parseDatabaseOptions({ flags, env, workingDirectory });
  const found = await explainExpected(() => readDataFolder(dataDir));
  if (found.ours.length === 0) {
    print(context, `nothing to clean: there is nothing of Treeline in ${dataDir}`);
    return EXIT.ok;
  }
  await refuseWhileRunning(dataDir);
  const count = await explainExpected(() => endInstances(context, dataDir));
  // Ending takes seconds: somebody may have started a controller meanwhile.
  await refuseWhileRunning(dataDir);
  const others = await explainExpected(() => removeDataFolder(dataDir));
  const what = others.length > 0 ? "what is Treeline's removed from " : 'removed ';
  print(context, `${count} instance${count === 1 ? '' : 's'} ended, ${what}${dataDir}`);
  if (others.length > 0) {
    warn(context, `${dataDir} stays: it holds other files, too (${others.join(', ')})`);
  }
  if (databaseUrl !== undefined) {
    warn(
      context,
      'the records in the database of DATABASE_URL stay: the next run brings them up again',
    );
  }
  return EXIT.ok;
}

async function refuseWhileRunning(dataDir: string): Promise<void> {
  const [pid] = await explainExpected(() => listRunningControllers(dataDir));
  if (pid !== undefined) {
    throw new CliError(
      `a controller (process ${pid}) works on ${dataDir}: stop it with Ctrl-C or \`kill ${pid}\`, then clean again`,
      EXIT.refused,
    );
  }
}
