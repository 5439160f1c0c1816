import { createHash, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { InstallationKey } from '../../lib/installation-key.ts';

const BYTES = Buffer.alloc(32, 7);
const key = new InstallationKey(BYTES, randomBytes);
const otherKey = new InstallationKey(Buffer.alloc(32, 8), randomBytes);
const SECRET = 'hunter2-ünïcode';

describe('a keyed hash', () => {
  it('is the same for equal values, whatever the order of their keys', () => {
    const hash = key.keyedHash({ a: 1, b: { c: 'x', d: null } });

    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(
      new InstallationKey(BYTES, randomBytes).keyedHash({ b: { d: null, c: 'x' }, a: 1 }),
    ).toBe(hash);
  });

  it.each([
    ['another value', key.keyedHash(['b'])],
    ['another key', otherKey.keyedHash(['a'])],
    ['no key', createHash('sha256').update('["a"]').digest('hex')],
  ])('differs with %s', (_what, hash) => {
    expect(key.keyedHash(['a'])).not.toBe(hash);
  });

  it('does not depend on anything that may change between two versions', () => {
    expect(key.keyedHash({ a: 1 })).toBe(
      'f28cbf682c30d55d72889bc291a158a88cbf7c8e2aa6e3e19842d37e959fb958',
    );
  });
});

describe('a sealed text', () => {
  it.each([
    ['nothing', ''],
    ['a word', SECRET],
    ['a long text', 'x'.repeat(100_000)],
  ])('gives back %s', (_what, text) => {
    const again = new InstallationKey(BYTES, randomBytes);

    expect(again.unseal(key.seal(text))).toBe(text);
  });

  it('is another one each time and shows nothing of the text', () => {
    const [first, second] = [key.seal(SECRET), key.seal(SECRET)];

    expect(first).not.toBe(second);
    expect(Buffer.from(first, 'base64').includes('hunter2')).toBe(false);
  });

  it('takes its nonce from the randomness that was passed in', () => {
    const fixed = new InstallationKey(BYTES, (size) => Buffer.alloc(size, 1));

    expect(fixed.seal(SECRET)).toBe(fixed.seal(SECRET));
    expect(Buffer.from(fixed.seal(SECRET), 'base64').subarray(1, 13)).toEqual(Buffer.alloc(12, 1));
  });

  it('is refused after a change of any of its bytes', () => {
    const sealed = Buffer.from(key.seal(SECRET), 'base64');
    const damaged = [...sealed.keys()].map((index) => {
      const copy = Buffer.from(sealed);
      copy.writeUInt8(copy.readUInt8(index) ^ 1, index);
      return copy.toString('base64');
    });

    expect(damaged.filter((text) => refusalOf(() => key.unseal(text)) === undefined)).toEqual([]);
  });

  it.each([
    ['empty', ''],
    ['no base64', '%%%'],
    ['base64 with line ends', `${key.seal(SECRET)}\n`],
    ['too short', Buffer.from([1, 2, 3]).toString('base64')],
    ['cut', key.seal(SECRET).slice(0, -8)],
    ['the plain text', SECRET],
    ['sealed with another key', otherKey.seal(SECRET)],
    ['of an unknown version', Buffer.alloc(40, 9).toString('base64')],
  ])('is refused without its content when it is %s', (_what, text) => {
    const refusal = refusalOf(() => key.unseal(text));

    expect(refusal?.message).toMatch(/^unsealing: /);
    expect(inspect(refusal)).not.toContain('hunter2');
  });
});

describe('the installation key', () => {
  it('has a fingerprint that is no hash of the key', () => {
    expect(key.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(key.fingerprint).not.toBe(otherKey.fingerprint);
    expect(key.fingerprint).not.toBe(createHash('sha256').update(BYTES).digest('hex'));
    expect(new InstallationKey(BYTES, randomBytes).fingerprint).toBe(key.fingerprint);
  });

  it.each([0, 16, 31, 33])('is not made from %i bytes', (size) => {
    expect(() => new InstallationKey(Buffer.alloc(size), randomBytes)).toThrow('32 bytes');
  });

  it('does not show itself when it is logged or printed', () => {
    const shown = `${inspect(key, { depth: 9, showHidden: true })}${JSON.stringify(key)}`;

    expect(shown).not.toContain(BYTES.toString('hex'));
    expect(shown).not.toMatch(/7, 7|07 07/);
  });

  it('does not change when the bytes it was made from are overwritten', () => {
    const bytes = Buffer.from(BYTES);
    const made = new InstallationKey(bytes, randomBytes);

    bytes.fill(0);

    expect(made.keyedHash('a')).toBe(key.keyedHash('a'));
  });
});

function refusalOf(work: () => unknown): Error | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

describe('a bootstrap token', () => {
  it('is the same for a launch that is repeated, by this process or another', () => {
    const token = key.bootstrapToken('a'.repeat(64));

    expect(token).toMatch(/^[\w-]{43}$/);
    expect(new InstallationKey(BYTES, randomBytes).bootstrapToken('a'.repeat(64))).toBe(token);
  });

  it('is another one for another launch, and with another key', () => {
    const tokens = [
      key.bootstrapToken('a'.repeat(64)),
      key.bootstrapToken('b'.repeat(64)),
      otherKey.bootstrapToken('a'.repeat(64)),
    ];

    expect(new Set(tokens).size).toBe(3);
  });
});
