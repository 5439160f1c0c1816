import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { InstallationKey } from '../../lib/installation-key.ts';
import type { EnvMutator } from '../../provisioning/env-mutators.ts';
import {
  completeEnv,
  draftLaunch,
  findMissingEnv,
  prepareLaunch,
  renderLaunch,
} from '../../provisioning/pipeline.ts';
import { wantedOf } from '../../provisioning/wanted.ts';
import { createFakeBackend } from '../fakes/fake-backend.ts';
import { secretSnapshot } from '../support/provisioning.ts';
import { record as workspaceRecord } from '../controllers/workspace/builders.ts';
import { classVersion, draft, record } from './builders.ts';

const ATTEMPT = { workspaceUid: 'uid-ada', attempt: 1 };
const KEY = new InstallationKey(new Uint8Array(32).fill(1), randomBytes);
const SERVICES = { mutators: [], key: KEY, randomBytes };
const NEEDY = record({ spec: { requiredEnv: [{ name: 'A' }, { anyOf: ['B', 'C'] }] } });

function mutator(name: string, mutate: EnvMutator['mutate']): EnvMutator {
  return { name, mutate };
}

/** The bundle and the credentials of one start. */
async function render(sealed?: string, drafted = draft()) {
  const env = await completeEnv(drafted, SERVICES);
  return renderLaunch(
    { draft: drafted, env },
    { attempt: ATTEMPT, sealed, children: [] },
    SERVICES,
  );
}

describe('the steps in memory', () => {
  it('list all secrets that are missing at once, by their names', () => {
    const envFrom = [{ secretRef: { name: 'red' } }, { secretRef: { name: 'blue' } }];
    const source = {
      ...{ record: record({ spec: { envFrom } }), workspaceClass: classVersion() },
      ...{ secrets: secretSnapshot({ green: { A: 'value' } }), platformUrl: 'http://platform' },
    };

    expect(draftLaunch(source)).toEqual({
      reason: 'MissingEnv',
      message: expect.stringMatching(/red.*blue/),
    });
  });

  it('list all required names that are not set at once', () => {
    expect(findMissingEnv(draft({ record: NEEDY }))).toEqual({
      reason: 'MissingEnv',
      message: expect.stringMatching(/A.*B.*C/),
    });
  });
});

describe('the environment of a launch', () => {
  it('may get what is required from a mutator', async () => {
    const mutators = [mutator('mint', () => Promise.resolve({ A: '1', C: '2' }))];

    expect(await completeEnv(draft({ record: NEEDY }), { mutators })).toMatchObject({
      A: '1',
      C: '2',
      WORKSPACE_ID: 'uid-ada',
    });
  });

  it('is refused when something required is still missing after the mutators', async () => {
    const mutators = [mutator('mint', () => Promise.resolve({ C: '2' }))];

    await expect(completeEnv(draft({ record: NEEDY }), { mutators })).rejects.toMatchObject({
      name: 'PreparationError',
      reason: 'MissingEnv',
    });
  });

  it('is refused with the name of the mutator that failed', async () => {
    const mutators = [mutator('mint-token', () => Promise.reject(new Error('no answer')))];

    await expect(completeEnv(draft(), { mutators })).rejects.toThrow(/mint-token.*no answer/);
  });

  it('keeps who it is, whatever a mutator says', async () => {
    const mutators = [mutator('liar', () => Promise.resolve({ WORKSPACE_ID: 'another' }))];

    expect(await completeEnv(draft(), { mutators })).toMatchObject({ WORKSPACE_ID: 'uid-ada' });
  });
});

describe('the bundle of a start', () => {
  it('holds the credentials, and the config revision does not change with them', async () => {
    const first = await render();
    const second = await render(first.credentials.sealedInboundSecret);

    expect(first.bundle.files).toMatchObject({
      '.auth_token': expect.stringMatching(/^[\w-]{43}$/),
      '.inbound_secret': second.bundle.files['.inbound_secret'],
    });
    expect(second.bundle.files['.auth_token']).not.toBe(first.bundle.files['.auth_token']);
    expect(second.bundle.configHash).toBe(first.bundle.configHash);
  });

  it('holds none where the instance fetches them, and has the same config revision', async () => {
    const drafted = draft();
    const env = await completeEnv(drafted, SERVICES);
    const call = { attempt: ATTEMPT, sealed: undefined, children: [], launchToken: 'launch-1' };

    const { bundle, credentials } = renderLaunch({ draft: drafted, env }, call, SERVICES);

    expect(Object.keys(bundle.files).filter((path) => path.startsWith('.'))).toEqual([]);
    expect(bundle.configHash).toBe((await render()).bundle.configHash);
    expect(credentials.isBootstrap).toBe(true);
  });

  it('is refused when the declaration names a file of the credentials', () => {
    const files = [{ inline: { '.auth_token': 'mine' } }];
    const drafted = draftLaunch({
      ...{ record: record({ spec: { files } }), workspaceClass: classVersion() },
      ...{ secrets: secretSnapshot(), platformUrl: 'http://platform' },
    });

    expect(JSON.stringify(drafted)).toContain('auth_token');
    expect(drafted).toMatchObject({ reason: 'InvalidSpec' });
  });
});

describe('what is stored of a launch', () => {
  it('holds no value of its environment', async () => {
    const secrets = secretSnapshot({ mine: { KEY: 'planted' } });
    const spec = { runtime: 'sample', envFrom: [{ secretRef: { name: 'mine' } }] };
    const drafted = draft({ record: record({ spec }), secrets });
    const env = await completeEnv(drafted, SERVICES);

    const prepared = await prepareLaunch(env, {
      record: workspaceRecord({ spec }),
      wanted: wantedOf(drafted, classVersion()),
      backend: createFakeBackend({ clock: { now: () => new Date(0) } }),
      platformUrl: 'http://127.0.0.1:7070',
    });

    expect(env).toMatchObject({ KEY: 'planted' });
    expect(prepared).toMatchObject({ workspaceUid: 'uid-ada', configHash: drafted.configHash });
    expect(JSON.stringify(prepared)).not.toContain('planted');
  });
});
