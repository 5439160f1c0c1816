import { Option, type Command } from 'commander';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseRunOptions } from '../options.ts';
import { styleOf } from '../output/style.ts';
import { RUN_SETTINGS } from '../run-settings.ts';
import type { Bind, Typed } from '../verb.ts';

export function define(command: Command, bind: Bind): void {
  for (const setting of Object.values(RUN_SETTINGS)) {
    // --data-dir is a flag of the whole program.
    if (setting !== RUN_SETTINGS.dataDir) {
      command.addOption(new Option(setting.flag, setting.description));
    }
  }
  command
    .addHelpText(
      'after',
      '\nEvery flag has a variable: --poll-seconds is TREELINE_POLL_SECONDS, --database-url DATABASE_URL.',
    )
    .action(bind(run));
}

/** Until Ctrl-C or SIGTERM; instances keep running. */
async function run(context: Context, { flags }: Typed): Promise<ExitCode> {
  const { env, workingDirectory, signal, stdout } = context;
  context.outliveOutput?.();
  const said = { flags, env, workingDirectory };
  const options = parseRunOptions(said, stdout.isTTY === true);
  // The controller brings the whole of Treeline with it; no other verb pays for that.
  const { startController } = await import('../controller.ts');
  const { explainExpected } = await import('../expected-error.ts');
  await explainExpected(() =>
    startController(options, {
      signal,
      stdout,
      workingDirectory,
      path: env['PATH'] ?? '',
      colours: styleOf(context, stdout).colors.isColorSupported,
    }),
  );
  return EXIT.ok;
}
