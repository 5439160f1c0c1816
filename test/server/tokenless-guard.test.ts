import { describe, expect, it } from '@jest/globals';
import { assertRequestIsLocal } from '../../server/tokenless-guard.ts';

const LISTEN = { host: '127.0.0.1', port: 7070 };

describe('assertRequestIsLocal', () => {
  it.each([
    {},
    { host: '' },
    { host: 'a b' },
    { host: 'localhost.' },
    { host: '0.0.0.0' },
    { host: 'user@localhost.example' },
  ])('refuses the headers %j', (headers) => {
    expect(() => {
      assertRequestIsLocal(headers, LISTEN);
    }).toThrow(/the Host header names another/);
  });

  it('does not take the name of the listener for an allowed one: anybody can point a name at it', () => {
    expect(() => {
      assertRequestIsLocal({ host: 'box.example' }, { ...LISTEN, publicUrl: 'not a URL' });
    }).toThrow(/the Host header names another/);
  });
});
