import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { sha256Hex } from '../../lib/hash.ts';
import { InstallationKey } from '../../lib/installation-key.ts';
import { mintBootstrap, mintCredentials } from '../../provisioning/credentials.ts';

const ATTEMPT = { workspaceUid: 'uid-ada', attempt: 3 };
const KEY = new InstallationKey(new Uint8Array(32).fill(1), randomBytes);
const ANOTHER_KEY = new InstallationKey(new Uint8Array(32).fill(2), randomBytes);

function mint(sealed?: string, key = KEY) {
  return mintCredentials(ATTEMPT, sealed, { key, randomBytes });
}

describe('the credentials of a start', () => {
  it('are a token and a secret of 32 random bytes each, for the agent alone', () => {
    const { files } = mint();

    expect(files).toEqual({
      '.auth_token': expect.stringMatching(/^[\w-]{43}$/),
      '.inbound_secret': expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(files['.auth_token']).not.toBe(files['.inbound_secret']);
  });

  it('are stored as a hash and under the installation key, and never as they are', () => {
    const { credentials, files } = mint();

    expect(credentials).toMatchObject({
      ...ATTEMPT,
      tokenHash: sha256Hex(files['.auth_token'] ?? ''),
    });
    expect(KEY.unseal(credentials.sealedInboundSecret)).toBe(files['.inbound_secret']);
    expect(JSON.stringify(credentials)).not.toContain(files['.auth_token']);
    expect(JSON.stringify(credentials)).not.toContain(files['.inbound_secret']);
  });

  it('have a new token for each start of an attempt, and the inbound secret of the first', () => {
    const first = mint();

    const second = mint(first.credentials.sealedInboundSecret);

    expect(second.files['.inbound_secret']).toBe(first.files['.inbound_secret']);
    expect(second.files['.auth_token']).not.toBe(first.files['.auth_token']);
    expect(second.credentials.sealedInboundSecret).toBe(first.credentials.sealedInboundSecret);
  });

  it('cannot be made from what another installation key has sealed', () => {
    const { credentials } = mint();

    expect(() => mint(credentials.sealedInboundSecret, ANOTHER_KEY)).toThrow(
      'sealed with another installation key',
    );
  });
});

describe('the credentials of an instance that fetches its bundle', () => {
  const bootstrap = (launchToken: string, sealed?: string) =>
    mintBootstrap({ ...ATTEMPT, launchToken }, sealed, { key: KEY, randomBytes });

  it('are the hash of the token in its user data, the same each time, and no files', () => {
    const first = bootstrap('launch-1');
    const again = bootstrap('launch-1', first.credentials.sealedInboundSecret);

    expect(first.files).toEqual({});
    expect(again).toEqual(first);
    expect(first.credentials).toMatchObject({
      ...ATTEMPT,
      tokenHash: sha256Hex(KEY.bootstrapToken('launch-1')),
      isBootstrap: true,
    });
    expect(bootstrap('launch-2').credentials.tokenHash).not.toBe(first.credentials.tokenHash);
  });

  it('hold the inbound secret that its bundle will have', () => {
    const { credentials } = bootstrap('launch-1');

    const { files } = mint(credentials.sealedInboundSecret);

    expect(files['.inbound_secret']).toBe(KEY.unseal(credentials.sealedInboundSecret));
  });
});
