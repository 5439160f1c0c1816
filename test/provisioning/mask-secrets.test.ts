import { expect, it } from '@jest/globals';
import { maskSecrets } from '../../provisioning/mask-secrets.ts';
import { mintCredentials } from '../../provisioning/credentials.ts';
import { TEST_KEY, secretSnapshot } from '../support/provisioning.ts';
import { draft, record } from './builders.ts';

const VALUE = 'pass "word" & more';
const USER = draft({
  record: record({ spec: { runtime: 'sample', envFrom: [{ secretRef: { name: 'mine' } }] } }),
  secrets: secretSnapshot({ mine: { KEY: VALUE, PEM: 'first line\nsecond line\n', MODE: 'dev' } }),
});
const SERVICES = { key: TEST_KEY, randomBytes: (count: number) => new Uint8Array(count).fill(251) };
const ATTEMPT = { workspaceUid: 'uid-ada', attempt: 1 };

it.each([
  ['as it is', `bad key ${VALUE}!`, 'bad key ***!'],
  ['in JSON', `{"key":${JSON.stringify(VALUE)}}`, '{"key":"***"}'],
  ['in a URL', `GET /?key=${encodeURIComponent(VALUE)}&a=b`, 'GET /?key=***&a=b'],
  ['in base64', `Basic ${Buffer.from(VALUE).toString('base64')}`, 'Basic ***'],
  ['line by line', 'read second line', 'read ***'],
  ['that is too short to be one, not', 'MODE=dev', 'MODE=dev'],
])('masks a secret %s', (_how, text, masked) => {
  expect(maskSecrets(text, USER)).toBe(masked);
});

it('masks what looks like credentials of the agent, and nothing that is longer or shorter', () => {
  const { token, inboundSecret } = mintCredentials(ATTEMPT, undefined, SERVICES);
  const bootstrap = TEST_KEY.bootstrapToken('launch-token');
  const others = `${'a'.repeat(42)} ${'0'.repeat(64)}`;

  expect(maskSecrets(`Bearer ${token}, ${inboundSecret} "${bootstrap}" ${others}`, USER)).toBe(
    `Bearer ***, *** "***" ${others}`,
  );
});
