import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FakeEc2 } from '../fakes/ec2/fake-ec2.ts';
import { DEFAULT_CATALOGUE } from '../fakes/ec2/model/catalogue.ts';
import { below, sample, toYaml } from '../support/agent-manifests.ts';
import { CHECKOUT, PROGRAM_PATH, type ControllerProcess } from '../support/controller-process.ts';
import { eventuallyTrue } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';

const { region, images, subnets, securityGroups } = DEFAULT_CATALOGUE;
const SECRET = 'planted-value';
const CLASS = {
  apiVersion: 'treeline.dev/v1alpha1',
  kind: 'WorkspaceClass',
  metadata: { name: 'cloud' },
  spec: {
    default: true,
    backend: 'ec2',
    ec2: {
      region,
      image: { id: images[0]?.id },
      instanceTypes: { '2': ['t3.small'] },
      subnets: subnets.map(({ id }) => id),
      securityGroups: securityGroups.map(({ id }) => id),
      runtimes: {
        sample: {
          command: [process.execPath, join(CHECKOUT, 'examples', 'agent', 'agent.js')],
          env: { PORT: '0', HEARTBEAT_SECONDS: '1' },
        },
      },
    },
  },
};
const KEYED = { envFrom: [{ secretRef: { name: 'model' } }] };

let fake: FakeEc2;
let installation: Installation;
let controller: ControllerProcess;

function live() {
  return fake.instances().filter(({ state }) => state !== 'terminated');
}

async function applyTeam(...workspaces: readonly object[]): Promise<void> {
  await installation.write('team.yaml', toYaml(CLASS, ...workspaces));
}

beforeAll(async () => {
  fake = await FakeEc2.start({ boot: { env: { PATH: PROGRAM_PATH } }, pendingSeconds: 1 });
  installation = await Installation.create({
    env: { AWS_ACCESS_KEY_ID: 'treeline', AWS_SECRET_ACCESS_KEY: 'secret' },
    flags: ['--ec2-regions', region, '--ec2-endpoint', fake.url, '--ec2-list-seconds', '3'],
  });
  const secret = join(installation.dataDir, 'secrets', 'default', 'model');
  await mkdir(secret, { recursive: true });
  await writeFile(join(secret, 'API_KEY'), SECRET);
  await applyTeam(sample('lead'), sample('ada', { ...below('lead'), ...KEYED }));
  controller = await installation.follow();
}, 60_000);

afterAll(async () => {
  await installation[Symbol.asyncDispose]();
  await fake[Symbol.asyncDispose]();
}, 60_000);

// One story: each test begins where the one before has ended.
describe('a team on EC2', () => {
  it('boots, fetches its bundles, registers and is Online', async () => {
    await installation.settle({ lead: 'Online', ada: 'Online' }, 90);

    expect(live()).toHaveLength(2);
    expect(fake.duplicatesEver).toEqual([]);
  }, 120_000);

  it('has its secrets on the instance, and nowhere in what everybody in the account can read', async () => {
    const ada = live().find(({ tags }) => tags['treeline.dev/name'] === 'ada');
    const env = await readFile(
      join(fake.folderOf(ada?.id ?? '') ?? '', 'configs', '.auth_token'),
      'utf8',
    );

    expect(env).toHaveLength(43);
    expect(ada?.userData).toContain(ada?.tags['treeline.dev/workspace-uid']);
    expect(JSON.stringify(fake.instances())).not.toContain(SECRET);
    expect(controller.output).not.toContain(SECRET);
  });

  it('is stopped while it is paused, and the same instances come back', async () => {
    const before = live().map(({ id }) => id);

    await applyTeam(
      sample('lead', { desiredState: 'Paused' }),
      sample('ada', { ...below('lead'), ...KEYED }),
    );
    await installation.settle({ lead: 'Paused', ada: 'AncestorPaused' }, 60);
    const states = live().map(({ state }) => state);
    await applyTeam(sample('lead'), sample('ada', { ...below('lead'), ...KEYED }));
    await installation.settle({ lead: 'Online', ada: 'Online' }, 90);

    expect(states).toEqual(['stopped', 'stopped']);
    expect(live().map(({ id }) => id)).toEqual(before);
  }, 180_000);

  it('leaves no instance and no volume when it is deleted, though its controller is killed', async () => {
    await installation.write('team.yaml', toYaml(CLASS));
    await eventuallyTrue({ until: 'an end was asked for', seconds: 60 }, () =>
      fake.instances().some(({ state }) => state === 'shutting-down' || state === 'terminated'),
    );
    await controller.kill();
    controller = await installation.follow(
      '--lease-seconds',
      '3',
      '--lease-renew-seconds',
      '2',
      '--lease-retry-seconds',
      '0.5',
    );

    await eventuallyTrue(
      { until: 'the records are released', seconds: 90 },
      async () => (await installation.workspaces()).length === 0,
    );

    expect(live()).toEqual([]);
    expect(fake.volumes()).toEqual([]);
  }, 180_000);
});
