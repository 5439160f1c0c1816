import { beforeAll, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FakeEc2 } from './fake-ec2.ts';
import { MotoServer } from './moto-server.ts';
import { preparePython } from './python.ts';

const SHARED: readonly (readonly [name: string, outcome: unknown])[] = [
  [
    'launch',
    {
      isSame: true,
      states: ['pending', 'running'],
      tags: [[{ Key: 'team', Value: 'a<&>b' }], [{ Key: 'team', Value: 'v' }]],
      launchTimeHasZone: true,
    },
  ],
  ['paging', { count: 12, isComplete: true }],
  ['stopAndStart', ['stopped', 'running']],
  ['terminateWithABadId', ['InvalidInstanceID.NotFound', 'running']],
  ['identity', '123456789012'],
  ['parameter', 'ami-'],
  ['unknownParameter', { code: 'ParameterNotFound', status: 400 }],
  ['unknownInstance', { code: 'InvalidInstanceID.NotFound', status: 400 }],
  ['unknownImage', { code: 'InvalidAMIID.NotFound', status: 400 }],
  ['dryRun', { code: 'DryRunOperation', status: 412 }],
];

/** moto has no filter that it refuses properly, and pages of any size. */
const FAKE_ALONE: typeof SHARED = [
  ['unknownFilter', { code: 'InvalidParameterValue', status: 400 }],
  ['smallPage', { code: 'InvalidParameterValue', status: 400 }],
];

const python = await preparePython();

describeBoto3('the fake', [...SHARED, ...FAKE_ALONE], () => FakeEc2.start({ throttling: false }));
describeBoto3('moto', SHARED, () => MotoServer.start(python));

function describeBoto3(
  server: string,
  cases: typeof SHARED,
  start: () => Promise<AsyncDisposable & { readonly url: string }>,
): void {
  python.describe(`boto3 against ${server}`, () => {
    let outcomes: Readonly<Record<string, unknown>>;

    beforeAll(async () => {
      await using endpoint = await start();
      outcomes = await runCases(
        endpoint.url,
        cases.map(([name]) => name),
      );
    });

    it.each(cases)('%s', (name, outcome) => {
      expect(outcomes[name]).toEqual(outcome);
    });
  });
}

/** One process for all cases: importing boto3 takes longer than they do. */
async function runCases(
  url: string,
  names: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  const script = join(import.meta.dirname, 'python/boto3-cases.py');
  const { stdout } = await promisify(execFile)(python.command, [script, url, ...names]);
  return JSON.parse(stdout) as Readonly<Record<string, unknown>>;
}
