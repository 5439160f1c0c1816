import { expect, it } from '@jest/globals';
import { agentAddresses } from '../../../cmd/wiring/agent-addresses.ts';

const ON_LOOPBACK = { listen: { host: '127.0.0.1', port: 7070 } };
const BEYOND = { listen: { host: '0.0.0.0', port: 7070 } };
const publicUrl = 'https://treeline.example.com';

/** An address of each kind; those that are refused. */
function refused(options: Parameters<typeof agentAddresses>[0]): readonly string[] {
  const { refuseUrl } = agentAddresses(options);
  const urls = ['http://127.0.0.1:1', 'http://10.0.0.1', 'http://93.184.216.34'];
  return urls.filter((url) => refuseUrl(url) !== undefined);
}

it.each([
  ['on loopback: anywhere', ON_LOOPBACK, []],
  ['on loopback behind a proxy: elsewhere', { ...ON_LOOPBACK, publicUrl }, ['http://127.0.0.1:1']],
  ['beyond loopback: elsewhere', BEYOND, ['http://127.0.0.1:1']],
  [
    'that says so: in no private network',
    { ...BEYOND, agentNetwork: 'public' },
    ['http://127.0.0.1:1', 'http://10.0.0.1'],
  ],
  ['that says so: beside it', { ...BEYOND, agentNetwork: 'local' }, []],
] as const)('lets agents listen, where the controller is %s', (_where, options, expected) => {
  expect(refused(options)).toEqual(expected);
});
