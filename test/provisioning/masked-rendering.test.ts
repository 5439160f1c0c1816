import { describe, expect, it } from '@jest/globals';
import type { Rendering } from '../../api/rendering.ts';
import type { WorkspaceSpec } from '../../api/workspace.ts';
import type { LaunchSource } from '../../provisioning/draft.ts';
import { maskedRendering } from '../../provisioning/masked-rendering.ts';
import { classVersion, record } from './builders.ts';
import { snapshotOf } from './secret-snapshot.ts';

const SECRETS = { bot: { TOKEN: 'planted-token', REGION: 'planted-region', EMPTY: '' } };
const GLOBAL = { ORG_KEY: 'planted-global', TONE: 'planted-tone' };

function renderingOf(
  spec: WorkspaceSpec,
  {
    mutators = [],
    ...rest
  }: Partial<LaunchSource> & { readonly mutators?: readonly string[] } = {},
): Rendering {
  const source = {
    record: record({ spec: { runtime: 'sample', ...spec } }),
    workspaceClass: classVersion(),
    secrets: snapshotOf(SECRETS, { global: GLOBAL }),
    platformUrl: 'http://platform',
    ...rest,
  };
  return maskedRendering(source, { record: source.record, mutators, children: [] });
}

const FROM_KEY = { name: 'RENAMED', valueFrom: { secretKeyRef: { name: 'bot', key: 'TOKEN' } } };
const FROM_BOT = [{ secretRef: { name: 'bot' } }];

describe('what a launch would deliver', () => {
  it.each<readonly [string, WorkspaceSpec, Readonly<Record<string, string>>]>([
    ['secrets of all', {}, { ORG_KEY: '***', TONE: '***' }],
    ['a whole secret', { envFrom: FROM_BOT }, { TOKEN: '***', REGION: '***', EMPTY: '' }],
    ['one key', { env: [FROM_KEY] }, { RENAMED: '***' }],
    ['a literal', { env: [{ name: 'TONE', value: 'warm' }] }, { TONE: 'warm', ORG_KEY: '***' }],
    ['the identity', { role: 'Design' }, { WORKSPACE_ID: 'uid-ada', WORKSPACE_ROLE: 'Design' }],
  ])('shows %s without a value of a secret', (_title, spec, env) => {
    const rendering = renderingOf(spec);

    expect(rendering.env).toMatchObject(env);
    expect(rendering.missing).toEqual([]);
    expect(JSON.stringify(rendering)).not.toContain('planted');
  });

  it('has neither class, backend nor credentials where the agent runs elsewhere', () => {
    const source = {
      record: record({ spec: { external: {}, env: [{ name: 'TONE', value: 'warm' }] } }),
      secrets: snapshotOf(SECRETS, { global: GLOBAL }),
      platformUrl: 'http://platform',
    };

    const rendering = maskedRendering(source, {
      ...{ record: source.record, mutators: [], children: [] },
    });

    expect(rendering).toMatchObject({
      ...{ env: { TONE: 'warm', ORG_KEY: '***' }, credentials: [], missing: [] },
      configRevision: expect.any(String) as unknown,
    });
    expect(rendering).not.toHaveProperty('class');
    expect(rendering).not.toHaveProperty('backend');
    expect(rendering).not.toHaveProperty('inputsHash');
  });

  it('has the files with their sizes, and the text of generated ones', () => {
    const files = [{ inline: { 'notes.md': 'ünder' } }];

    const rendering = renderingOf({ files, prompts: { system: 'Be kind.' } });

    expect(rendering.files).toContainEqual({ path: 'notes.md', bytes: 6 });
    expect(rendering.files).toContainEqual({
      path: 'system-prompt.md',
      bytes: 8,
      text: 'Be kind.',
    });
    expect(rendering.files.map(({ path }) => path)).toContain('config.yaml');
  });

  it('names the credentials and the mutators, and the beginning of both hashes', () => {
    const rendering = renderingOf({ plugins: ['search'] }, { mutators: ['vault', 'github'] });

    expect(rendering).toMatchObject({
      class: 'local',
      backend: 'process',
      runtime: 'sample',
      tier: 2,
      plugins: ['search'],
      mutators: ['vault', 'github'],
      credentials: ['.auth_token', '.inbound_secret'],
    });
    expect(rendering.inputsHash).toHaveLength(12);
    expect(rendering.configRevision).toHaveLength(12);
  });
});

describe('what is missing', () => {
  it('is listed, all of it, beside all that is there', () => {
    const rendering = renderingOf({
      env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'bot', key: 'NONE' } } }],
      envFrom: [{ secretRef: { name: 'gone' } }, ...FROM_BOT],
      requiredEnv: [{ name: 'B' }, { name: 'EMPTY' }, { name: 'TOKEN' }],
      files: [{ directory: 'nowhere' }],
    });

    expect(rendering.missing).toEqual([
      expect.stringContaining('secret default/gone does not exist'),
      expect.stringContaining('secret bot has no key NONE'),
      'missing environment: B',
      'missing environment: EMPTY',
      expect.stringContaining('nowhere was not read'),
    ]);
    expect(rendering.env).toMatchObject({ TOKEN: '***' });
    expect(rendering).not.toHaveProperty('configRevision');
    expect(JSON.stringify(rendering)).not.toContain('planted');
  });

  it('may still come from a mutator where there is one', () => {
    const { missing } = renderingOf({ requiredEnv: [{ name: 'B' }] }, { mutators: ['vault'] });

    expect(missing).toEqual(['missing environment: B (unless an env mutator adds it)']);
  });

  it('is the class, and then nothing else can be told', () => {
    const rendering = maskedRendering(
      { reason: 'ClassNotFound', message: 'no class is the default' },
      { record: record(), mutators: [], children: [] },
    );

    expect(rendering).toMatchObject({ name: 'ada', missing: ['no class is the default'], env: {} });
  });
});
