import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AgentNetwork } from '../../../server/registry/address-ranges.ts';
import { checkAgentUrl, refuseUrlText } from '../../../server/registry/agent-url.ts';

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'agent.example': ['93.184.216.34', '2606:2800:220:1::1'],
  'inside.example': ['10.1.2.3'],
  'both.example': ['93.184.216.34', '169.254.169.254'],
  'here.example': ['127.0.0.1'],
  'mapped.example': ['::ffff:169.254.169.254'],
  'zone.example': ['fe80::1%2'],
  'odd.example': ['not an address'],
  'none.example': [],
};

async function resolveHost(host: string): Promise<readonly string[]> {
  const addresses = NAMES[host];
  return addresses === undefined
    ? await Promise.reject(new Error('ENOTFOUND'))
    : await Promise.resolve(addresses);
}

async function isAllowed(url: string, network: AgentNetwork): Promise<boolean> {
  return 'url' in (await checkAgentUrl(url, network, resolveHost));
}

describe('the address of an agent', () => {
  it.each([
    'http://169.254.169.254/latest/meta-data',
    'http://[fd00:ec2::254]/',
    'http://[fd20:ce::254]/',
    'http://168.63.129.16',
    'http://100.64.0.1',
    'http://100.100.100.200',
    'http://0.0.0.0:8000',
    'http://[::]:8000',
    'http://224.0.0.1',
    'http://[ff02::1]',
    'http://192.0.2.1',
    'http://198.51.100.7',
    'http://203.0.113.9',
    'http://198.18.0.1',
    'http://[2001:db8::1]',
    'http://[fc00::1]',
    'http://[fe80::1]',
    'http://255.255.255.255',
    'http://[::ffff:169.254.169.254]',
    'http://[::ffff:100.64.0.1]',
    'http://[::ffff:192.0.2.1]',
    'http://[64:ff9b::a9fe:a9fe]',
    'http://[2002:a9fe:a9fe::1]',
    'http://[::169.254.169.254]',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0251.0376.0251.0376/',
    'http://169.254.43518/',
    'http://１６９.254.169.254/',
    'http://both.example',
    'http://mapped.example',
    'http://zone.example',
    'http://odd.example',
    'http://none.example',
    'http://unknown.example',
  ])('%s is refused wherever Treeline runs', async (url) => {
    expect(await isAllowed(url, 'local')).toBe(false);
    expect(await isAllowed(url, 'private')).toBe(false);
    expect(await isAllowed(url, 'public')).toBe(false);
  });

  it.each([
    'ftp://agent.example',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'http://user@agent.example',
    'http://user:password@agent.example',
    'http://agent.example:0',
    'http://agent.example:65536',
    'http://',
    'agent.example:8000',
    '',
    '//agent.example',
  ])('%s is refused for its form', async (url) => {
    expect(await isAllowed(url, 'local')).toBe(false);
  });

  it.each([
    { url: 'http://127.0.0.1:20003', local: true, inPrivate: false },
    { url: 'http://[::1]:8000', local: true, inPrivate: false },
    { url: 'http://[::ffff:127.0.0.1]', local: true, inPrivate: false },
    { url: 'http://0x7f.1', local: true, inPrivate: false },
    { url: 'http://localhost:8000', local: true, inPrivate: false },
    { url: 'http://LOCALHOST.:8000', local: true, inPrivate: false },
    { url: 'http://agent.localhost', local: true, inPrivate: false },
    { url: 'http://here.example', local: true, inPrivate: false },
    { url: 'http://10.0.0.1', local: true, inPrivate: true },
    { url: 'http://172.31.255.255', local: true, inPrivate: true },
    { url: 'http://192.168.1.1', local: true, inPrivate: true },
    { url: 'http://[fd12:3456::1]', local: true, inPrivate: true },
    { url: 'http://inside.example', local: true, inPrivate: true },
  ])('$url depends on where Treeline runs', async ({ url, local, inPrivate }) => {
    expect(await isAllowed(url, 'local')).toBe(local);
    expect(await isAllowed(url, 'private')).toBe(inPrivate);
    expect(await isAllowed(url, 'public')).toBe(false);
  });

  it.each(['http://agent.example:8000', 'https://93.184.216.34', 'http://172.32.0.1'])(
    '%s is fine everywhere',
    async (url) => {
      expect(await isAllowed(url, 'public')).toBe(true);
    },
  );

  it.each([
    ['http://127.0.0.1:8000', 'http://127.0.0.1:8000'],
    ['http://127.0.0.1:8000/', 'http://127.0.0.1:8000'],
    ['HTTP://LocalHost:80/a?b#c', 'http://localhost/a?b'],
    ['http://127.0.0.1:8000/\ta\n', 'http://127.0.0.1:8000/a'],
  ])('%j is kept as %s', async (said, kept) => {
    expect(await checkAgentUrl(said, 'local', resolveHost)).toMatchObject({ url: kept });
  });

  it('may be any text without harm', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.webUrl(), fc.ipV6(), fc.ipV4()), async (text) => {
        const verdict = await checkAgentUrl(text, 'public', resolveHost);

        expect(Object.keys(verdict)).toHaveLength(1);
      }),
    );
  });
});

describe('the text of an address alone', () => {
  it.each<readonly [string, AgentNetwork, string | undefined]>([
    ['nonsense', 'local', 'is no URL'],
    ['http://ada:secret@93.184.216.34', 'public', 'must not hold a user or a password'],
    ['http://127.0.0.1:8000', 'local', undefined],
    ['http://127.0.0.1:8000', 'private', 'is a loopback address'],
    ['http://2130706433:8000', 'private', 'is a loopback address'],
    ['http://localhost:8000', 'private', 'names this machine'],
    ['http://[fe80::1]', 'local', 'is in a range that no agent may use'],
    ['http://10.0.0.1', 'private', undefined],
    ['http://10.0.0.1', 'public', 'is a private address'],
    ['http://inside.example', 'public', undefined],
  ])('%s in a network that is %s', (url, network, refusal) => {
    expect(refuseUrlText(url, network)).toBe(refusal);
  });
});

describe('an address that was checked', () => {
  it.each<readonly [string, readonly string[]]>([
    ['http://agent.example', ['93.184.216.34', '2606:2800:220:1::1']],
    ['http://[2606:2800:220:1::1]', ['2606:2800:220:1::1']],
    ['http://localhost', ['127.0.0.1', '::1']],
  ])('%s is the one to connect to', async (url, addresses) => {
    expect(await checkAgentUrl(url, 'local', resolveHost)).toEqual({ url, addresses });
  });
});
