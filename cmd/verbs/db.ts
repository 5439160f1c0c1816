import { Option, type Command } from 'commander';
import { createLogger } from '../../lib/logger.ts';
import { readSchema } from '../../store/migrator.ts';
import { print, type Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { explainExpected } from '../expected-error.ts';
import { parseDatabaseOptions } from '../options.ts';
import { packageVersion } from '../package-version.ts';
import { RUN_SETTINGS } from '../run-settings.ts';
import type { Bind, Typed } from '../verb.ts';
import { openDatabase } from '../wiring/database.ts';

export function define(command: Command, bind: Bind): void {
  command
    .command('migrate')
    .description(
      'Bring the database to the schema of this version; `treeline run` does so by itself.',
    )
    .addOption(new Option(RUN_SETTINGS.databaseUrl.flag, RUN_SETTINGS.databaseUrl.description))
    .action(bind(migrate));
}

/** Works on the database itself, embedded or at DATABASE_URL; ten at once migrate once. */
async function migrate(context: Context, { flags }: Typed): Promise<ExitCode> {
  const { env, workingDirectory, clock, stderr } = context;
  const options = parseDatabaseOptions({ flags, env, workingDirectory });
  const log = createLogger({ level: 'warn', format: 'terminal', colours: false, stream: stderr });
  const newest = await explainExpected(async () => {
    const binaryVersion = packageVersion();
    const database = await openDatabase({ ...options, binaryVersion, clock, log });
    try {
      return (await readSchema(database.db)).at(-1);
    } finally {
      await database.close();
    }
  });
  print(context, `the database is at schema ${newest?.number ?? 0} (${newest?.name ?? 'empty'})`);
  return EXIT.ok;
}
