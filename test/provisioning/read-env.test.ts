import { describe, expect, it } from '@jest/globals';
import { readEnv } from '../../provisioning/read-env.ts';
import type { MergedSpec } from '../../provisioning/merge-spec.ts';
import { snapshotOf } from './secret-snapshot.ts';

const secrets = snapshotOf(
  {
    bot: { TOKEN: 'bot-token', URL: 'bot-url', 'tls.crt': 'certificate' },
    db: { password: 'hunter2', URL: 'db-url', empty: '' },
    bad: { ZERO: 'planted\0value', LONG: `planted${'x'.repeat(131_072)}` },
  },
  { global: { URL: 'global-url', REGION: 'north' } },
);

function specWith(
  spec: Partial<Pick<MergedSpec, 'env' | 'envFrom'>>,
): Pick<MergedSpec, 'env' | 'envFrom'> {
  return { env: [], envFrom: [], ...spec };
}

function from(...names: readonly string[]): MergedSpec['envFrom'] {
  return names.map((name) => ({ secretRef: { name } }));
}

function secretKey(name: string, key: string): { secretKeyRef: { name: string; key: string } } {
  return { secretKeyRef: { name, key } };
}

describe('the environment of secrets and spec', () => {
  it.each<[string, Partial<Pick<MergedSpec, 'env' | 'envFrom'>>, Record<string, string>]>([
    ['has the secrets of the namespace', {}, { URL: 'global-url', REGION: 'north' }],
    [
      'has every key of a secret that can be a name, over those of the namespace',
      { envFrom: from('bot') },
      { URL: 'bot-url', REGION: 'north', TOKEN: 'bot-token' },
    ],
    [
      'has the keys of the later secret over those of the earlier one',
      { envFrom: from('db', 'bot', 'db') },
      { URL: 'db-url', REGION: 'north', TOKEN: 'bot-token', password: 'hunter2', empty: '' },
    ],
    [
      'has a literal over everything else, also an empty one',
      { envFrom: from('bot'), env: [{ name: 'URL', value: '' }] },
      { URL: '', REGION: 'north', TOKEN: 'bot-token' },
    ],
    [
      'has one key of a secret under another name',
      { env: [{ name: 'DB_PASSWORD', valueFrom: secretKey('db', 'password') }] },
      { URL: 'global-url', REGION: 'north', DB_PASSWORD: 'hunter2' },
    ],
    [
      'has an empty key as an empty value',
      { env: [{ name: 'REGION', valueFrom: secretKey('db', 'empty') }] },
      { URL: 'global-url', REGION: '' },
    ],
    [
      'keeps a name that means something to JavaScript',
      { env: [{ name: '__proto__', value: 'plain' }] },
      Object.fromEntries([
        ['URL', 'global-url'],
        ['REGION', 'north'],
        ['__proto__', 'plain'],
      ]),
    ],
  ])('%s', (_what, spec, env) => {
    const reading = readEnv(specWith(spec), 'default', secrets);

    expect(reading).toStrictEqual({ kind: 'ready', env });
  });

  it('names everything that is missing at once', () => {
    const spec = specWith({
      envFrom: from('nobody', 'bot'),
      env: [
        { name: 'A', valueFrom: secretKey('db', 'user') },
        { name: 'B', valueFrom: secretKey('other', 'key') },
        { name: 'C', value: 'c' },
        { name: 'D', valueFrom: secretKey('db', 'constructor') },
      ],
    });

    expect(readEnv(spec, 'default', secrets)).toEqual({
      kind: 'missing',
      problems: [
        'envFrom, secret nobody: secret default/nobody does not exist',
        'env A: secret db has no key user',
        'env B: secret default/other does not exist',
        'env D: secret db has no key constructor',
      ],
    });
  });

  it('stops where the secrets of all cannot be read', () => {
    const reading = readEnv(specWith({}), 'default', snapshotOf({}, { global: undefined }));

    expect(reading).toEqual({
      kind: 'missing',
      problems: ['secrets of the namespace: .env cannot be read'],
    });
  });

  it('finds the secrets of its own namespace only', () => {
    expect(readEnv(specWith({ envFrom: from('bot') }), 'elsewhere', secrets)).toEqual({
      kind: 'missing',
      problems: ['envFrom, secret bot: secret elsewhere/bot does not exist'],
    });
  });

  it('names values that no environment can hold, and shows none', () => {
    const spec = specWith({
      envFrom: from('bad'),
      env: [
        { name: 'A', valueFrom: secretKey('bad', 'ZERO') },
        { name: 'B', value: 'planted\0' },
      ],
    });

    expect(readEnv(spec, 'default', secrets)).toEqual({
      kind: 'missing',
      problems: [
        'envFrom, secret bad: ZERO has a zero byte, which no environment can hold',
        'envFrom, secret bad: LONG is longer than an environment can hold (131085 bytes, at most 131072)',
        'env, secret bad, key ZERO: A has a zero byte, which no environment can hold',
        'env: B has a zero byte, which no environment can hold',
      ],
    });
  });
});
