import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { registeringClass, sample, template, toYaml } from '../support/agent-manifests.ts';
import type { ControllerProcess } from '../support/controller-process.ts';
import { eventuallyTrue } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';

const PLANTED = 'planted-value';
const FIRST = `${PLANTED}-one`;
const SECOND = `${PLANTED}-two`;
const SECRET_FILE = 'secrets/default/model/API_KEY';
const SPEAKING_OFTEN = { env: [{ name: 'HEARTBEAT_SECONDS', value: '1' }] };

let installation: Installation;
let controller: ControllerProcess;

async function plantSecret(value: string): Promise<void> {
  const file = join(installation.dataDir, SECRET_FILE);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, value);
}

/** Of every process of this machine. */
async function commandLines(): Promise<string> {
  const { stdout } = await promisify(execFile)('ps', ['-eww', '-o', 'args=']);
  return stdout;
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

/** Of its environment, as the machine shows it. */
async function apiKeyOf(name: string): Promise<string | undefined> {
  const { pid } = await installation.agentOf(name);
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
  return /(?:^|\0)API_KEY=([^\0]*)/.exec(environment)?.[1];
}

beforeAll(async () => {
  installation = await Installation.create();
  const keyed = template('keyed', {
    envFrom: [{ secretRef: { name: 'model' } }],
    requiredEnv: [{ name: 'API_KEY' }],
  });
  const team = [sample('lead', SPEAKING_OFTEN), sample('ada', { templateRef: { name: 'keyed' } })];
  await installation.write('team.yaml', toYaml(registeringClass(), keyed, ...team));
  controller = await installation.follow();
}, 60_000);

afterAll(async () => {
  await installation[Symbol.asyncDispose]();
}, 60_000);

// One story: each test begins where the one before has ended.
describe('agents that register', () => {
  it('are not launched before every secret is there, and the status names what is missing', async () => {
    await installation.settle({ lead: 'Online', ada: 'MissingEnv' });

    const { conditions = [] } = (await installation.workspace('ada')).status;

    const accepted = conditions.find(({ type }) => type === 'Accepted');
    expect(accepted?.message).toContain('model');
    expect(installation.agents()).toHaveLength(1);
  });

  it('come up by themselves when it is, with its value', async () => {
    await plantSecret(FIRST);

    await installation.settle({ lead: 'Online', ada: 'Online' });

    expect(await apiKeyOf('ada')).toBe(FIRST);
  });

  it('are restarted with a new value, and only those that use it', async () => {
    const before = installation.pids();

    await plantSecret(SECOND);
    await eventuallyTrue(
      { until: 'the new value has arrived' },
      async () => (await apiKeyOf('ada')) === SECOND,
    );
    await installation.settle({ lead: 'Online', ada: 'Online' });

    const { workspaceUid } = await installation.agentOf('lead');
    expect(installation.pids().get(workspaceUid)).toBe(before.get(workspaceUid));
  });

  it('hibernate on request and wake up again as the same instance', async () => {
    const before = (await installation.workspace('lead')).status.backend;

    await installation.cli('hibernate lead --wait');
    const asleep = installation.agents().length;
    await installation.cli('wake lead --wait');
    await installation.settle({ lead: 'Online', ada: 'Online' });

    expect(asleep).toBe(1);
    expect((await installation.workspace('lead')).status.backend).toEqual(before);
  });

  it('are adopted by the next controller, and beat on', async () => {
    const before = installation.pids();
    await controller.stop();

    // The same address: agents go on calling the one they were given.
    const { port } = new URL(await controller.url());
    controller = await installation.follow('--listen', `127.0.0.1:${port}`);
    await installation.settle({ lead: 'Online', ada: 'Online' });

    expect(installation.pids()).toEqual(before);
  });

  it('leave no value of a secret in answers, events, logs, metrics or command lines', async () => {
    const verbs = ['get all -o yaml', 'events -o json', 'describe workspace ada', 'render ada'];
    const answers = await Promise.all(verbs.map(async (argv) => await installation.cli(argv)));
    const metrics = await fetch(new URL('/metrics', await controller.url()));

    const shown = [...answers.map(({ stdout }) => stdout), await metrics.text()];
    expect(answers.map(({ code }) => code)).toEqual(verbs.map(() => 0));
    expect(shown.filter((text) => text === '' || text.includes(PLANTED))).toEqual([]);
    expect(answers.at(-1)?.stdout).toContain('API_KEY: "***"');
    expect(await commandLines()).not.toContain(PLANTED);
    expect(controller.output).not.toContain(PLANTED);
  });

  it('leave no value of a secret on the disk, whether in the database or beside it', async () => {
    const files = await filesBelow(installation.dataDir);

    const holding = await Promise.all(
      files.map(async (file) => ((await readFile(file)).includes(PLANTED) ? [file] : [])),
    );
    expect(files.length).toBeGreaterThan(100);
    expect(holding.flat()).toEqual([join(installation.dataDir, SECRET_FILE)]);
  });
});
