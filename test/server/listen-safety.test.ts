import { describe, expect, it } from '@jest/globals';
import { assertListenIsSafe, isLoopback } from '../../server/listen-safety.ts';

const TOKENS = { authentication: 'tokens', allowWithoutToken: false } as const;
const WITHOUT_TOKEN = { authentication: 'tokens', allowWithoutToken: true } as const;
const NO_AUTHENTICATION = { authentication: 'none', allowWithoutToken: false } as const;
const TLS = { cert: 'PEM', key: 'PEM' };

describe('assertListenIsSafe', () => {
  it.each(['127.0.0.1', '127.9.9.9', 'localhost', '::1', '[::1]'])(
    'allows %s without tokens and without TLS',
    (host) => {
      expect(() => {
        assertListenIsSafe({ host, port: 7070 }, WITHOUT_TOKEN);
      }).not.toThrow();
    },
  );

  it.each(['0.0.0.0', '::', '10.0.0.1', 'example.com', '', '127.0.0.1.example.com'])(
    'refuses %s without TLS, because tokens would travel unencrypted',
    (host) => {
      expect(() => {
        assertListenIsSafe({ host, port: 7070 }, TOKENS);
      }).toThrow(/TLS files/);
    },
  );

  it.each([WITHOUT_TOKEN, NO_AUTHENTICATION])(
    'refuses an operator without a token beyond loopback, even with TLS: %j',
    (who) => {
      expect(() => {
        assertListenIsSafe({ host: '0.0.0.0', port: 7070, tls: TLS }, who);
      }).toThrow(/everybody who reaches it is an operator/);
    },
  );

  it('refuses a public URL that is not https', () => {
    const listen = { host: '0.0.0.0', port: 7070, publicUrl: 'http://treeline.example.com' };

    expect(() => {
      assertListenIsSafe(listen, TOKENS);
    }).toThrow(/https public URL/);
  });

  it.each([{ tls: TLS }, { publicUrl: 'https://treeline.example.com' }])(
    'allows every address with tokens and %j',
    (encryption) => {
      const listen = { host: '0.0.0.0', port: 7070, ...encryption };

      expect(() => {
        assertListenIsSafe(listen, TOKENS);
      }).not.toThrow();
    },
  );
});

describe('isLoopback', () => {
  it('does not take a name for an address that only looks like one', () => {
    expect(isLoopback('127.0.0.1.nip.example')).toBe(false);
    expect(isLoopback('localhost.example')).toBe(false);
  });
});
