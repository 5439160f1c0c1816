import { Option, type Command } from 'commander';
import type { Version } from '../../server/contract-operations.ts';
import { CliError } from '../cli-error.ts';
import { print, warn, type Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { outputFlag } from './output-flag.ts';
import { renderStructured } from '../output/structured.ts';
import { packageVersion } from '../package-version.ts';
import { PATHS } from '../paths.ts';
import { openSession, type Session } from '../session.ts';
import { isFlagSet, type Bind, type Typed } from '../verb.ts';

const FORMATS = ['text', 'json', 'yaml'] as const;

export function define(command: Command, bind: Bind): void {
  command
    .option('--client', 'do not ask the controller')
    .addOption(new Option('-o, --output <format>', `${FORMATS.join(', ')} (default: text)`))
    .action(bind(version));
}

/** A controller that does not answer is worth a remark, not a failure: this command was asked what it is. */
async function version(context: Context, typed: Typed): Promise<ExitCode> {
  const format = outputFlag(typed, FORMATS);
  const client = packageVersion();
  const asked = isFlagSet(typed, 'client')
    ? {}
    : await askServer(await openSession(context, typed));
  const { server, problem } = asked;
  if (format !== 'text') {
    print(context, await renderStructured({ client: { version: client }, server }, format));
  } else {
    print(context, `treeline ${client}`);
    if (server !== undefined) {
      print(context, `controller ${server.version}, installation ${server.installationId}`);
    }
  }
  if (problem !== undefined) {
    warn(context, problem);
  }
  return EXIT.ok;
}

interface Asked {
  readonly server?: Version;
  readonly problem?: string;
}

async function askServer({ client }: Session): Promise<Asked> {
  try {
    return { server: await client.call<Version>(PATHS.version) };
  } catch (error) {
    if (error instanceof CliError && error.exitCode !== EXIT.interrupted) {
      return { problem: error.message };
    }
    throw error;
  }
}
