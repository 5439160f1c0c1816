import { Option, type Command } from 'commander';
import { print, type Context } from '../context.ts';
import { checkApi, type ApiCheck } from '../doctor/api.ts';
import { checkDatabase } from '../doctor/database.ts';
import { checkEc2 } from '../doctor/ec2.ts';
import { failure, ok, type Finding } from '../doctor/finding.ts';
import { checkDataFolder, checkDisk, checkNode, checkPort } from '../doctor/machine.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseRunOptions, type RunOptions } from '../options.ts';
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
  const { databaseUrl, listen, ec2Regions, ec2Endpoint } = RUN_SETTINGS;
  for (const { flag, description } of [databaseUrl, listen, ec2Regions, ec2Endpoint]) {
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
  const { env, workingDirectory, clock } = context;
  const options = parseRunOptions({ flags: typed.flags, env, workingDirectory }, false);
  const machine = await checkMachine(options);
  const api = await checkApi(client, packageVersion());
  const ec2 = await checkEc2({ ...toEc2Check(options, api), clock });
  const findings = [...machine, ...api.findings, ...ec2];
  if (format === 'text') {
    renderFindings(findings, style).forEach((line) => {
      print(context, line);
    });
  } else {
    print(context, await renderStructured(findings, format));
  }
  return findings.some(({ level }) => level === 'fail') ? EXIT.failure : EXIT.ok;
}

/** The regions of this command line, and those that the controller was started with; asked where it asks, unless told otherwise. */
function toEc2Check(options: RunOptions, { backends, classes, installationId }: ApiCheck) {
  const running = backends.filter(({ name }) => name.startsWith('ec2/'));
  const regions = running.map(({ name }) => name.slice('ec2/'.length));
  const endpoint = options.ec2Endpoint ?? running[0]?.endpoint;
  return {
    regions: [...new Set([...options.ec2Regions, ...regions])],
    ...(endpoint !== undefined && { endpoint }),
    ...(installationId !== undefined && { installationId }),
    classes: classes.map(({ metadata: { name }, spec }) => ({ name, spec })),
  };
}

async function checkMachine({ dataDir, listen, databaseUrl }: RunOptions): Promise<Finding[]> {
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
