import { describe, expect, it } from '@jest/globals';
import { parseAccount } from '../../../store/embedded/account.ts';

const PASSWD = [
  'root:x:0:0:root:/root:/bin/bash',
  'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
];

describe('the account of the embedded server', () => {
  it('is postgres where there is such a user', () => {
    const text = [...PASSWD, 'postgres:x:101:104::/var/lib/postgresql:/bin/bash', ''].join('\n');

    expect(parseAccount(text)).toEqual({ uid: 101, gid: 104 });
  });

  it('is nobody where there is no postgres', () => {
    expect(parseAccount(PASSWD.join('\n'))).toEqual({ uid: 65_534, gid: 65_534 });
  });

  it('is never root under another name', () => {
    expect(parseAccount('postgres:x:0:0:::')).toBeUndefined();
  });

  it('is nobody of all when the file is empty', () => {
    expect(parseAccount('')).toBeUndefined();
  });
});
