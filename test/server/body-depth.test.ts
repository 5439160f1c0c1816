import { describe, expect, it } from '@jest/globals';
import { MAX_BODY_DEPTH, assertBodyIsShallow } from '../../server/body-depth.ts';

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

describe('assertBodyIsShallow', () => {
  it.each([undefined, null, 1, 'text', {}, { a: { b: [{ c: 1 }] } }])('accepts %j', (body) => {
    expect(() => {
      assertBodyIsShallow(body);
    }).not.toThrow();
  });

  it('accepts the deepest that is allowed and refuses one more', () => {
    expect(() => {
      assertBodyIsShallow(nested(MAX_BODY_DEPTH));
    }).not.toThrow();
    expect(() => {
      assertBodyIsShallow(nested(MAX_BODY_DEPTH + 1));
    }).toThrow(/nested deeper than/);
  });

  it('refuses a hundred thousand levels without exhausting the stack', () => {
    expect(() => {
      assertBodyIsShallow(nested(100_000));
    }).toThrow(/nested deeper than/);
  });
});
