import { Option, type Command } from 'commander';
import { print, type Context } from '../context.ts';
import { checkApi } from '../doctor/api.ts';
import { checkDatabase } from '../doctor/database.ts';
import { failure, ok, type Finding } from '../doctor/finding.ts';
import { checkDataFolder, checkDisk, checkNode, checkPort } from '../doctor/machine.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseRunOptions } from '../options.ts';
import { outputFlag } from './output-flag.ts';
import { renderFindings } from '../output/findings.ts';
import { renderStructured } from '../output/structured.ts';
import { packageVersion } from '../package-version.ts';
import { RUN_SETTINGS } from '../run-settings.ts';
import { listRunningControllers } from '../running-controllers.ts';
import { openSession } from '../session.ts';
import type { Bind, Typed } from '../verb.ts';

const FORMATS = ['text', 'json', 'yaml'] as const;

export function define(command: Command, bind: Bind): void {
  for (const { flag, description } of [RUN_SETTINGS.databaseUrl, RUN_SETTINGS.listen]) {
    command.addOption(new Option(flag, description));
  }
  command
    .addOption(new Option('-o, --output <format>', `${FORMATS.join(', ')} (default: text)`))
    .action(bind(doctor));
}

/** Looks and changes nothing. Code 1 when something fails; warnings alone are 0. */
async function doctor(context: Context, typed: Typed): Promise<ExitCode> {
  const format = outputFlag(typed, FORMATS);
  const { client, style } = await openSession(context, typed);
  const machine = await checkMachine(context, typed);
  const findings = [...machine, ...(await checkApi(client, packageVersion()))];
  if (format === 'text') {
    renderFindings(findings, style).forEach((line) => {
      print(context, line);
    });
  } else {
    print(context, await renderStructured(findings, format));
  }
  return findings.some(({ level }) => level === 'fail') ? EXIT.failure : EXIT.ok;
}

async function checkMachine(context: Context, { flags }: Typed): Promise<Finding[]> {
  const { env, workingDirectory } = context;
  const options = parseRunOptions({ flags, env, workingDirectory }, false);
  const { dataDir, listen, databaseUrl } = options;
  const controllers = await listRunningControllers(dataDir).catch(() => []);
  const looked = await Promise.all([
    checkDataFolder(dataDir),
    checkDisk(dataDir),
    checkPort(listen, controllers.length > 0),
    checkDatabase({
      dataDir,
      ...(databaseUrl === undefined ? {} : { databaseUrl }),
      binaryVersion: packageVersion(),
      controllers,
    }),
  ]);
  return [checkNode(process.versions.node), checkPlatform(process.platform), ...looked];
}

function checkPlatform(platform: string): Finding {
  return platform === 'linux'
    ? ok('platform', platform)
    : failure(
        'platform',
        `${platform} cannot run processes for workspaces`,
        'run the controller on Linux',
      );
}
