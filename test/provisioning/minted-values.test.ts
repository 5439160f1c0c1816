import { describe, expect, it } from '@jest/globals';
import { MintedValues } from '../../provisioning/minted-values.ts';

const UID = 'uid-ada';

describe('the values that mutators added', () => {
  it('are those that differ from what was there before', () => {
    const minted = new MintedValues();

    minted.note(UID, { before: { A: 'a', B: 'b' }, after: { A: 'a', B: 'changed', C: 'new' } });

    expect(minted.of(UID)).toEqual(['changed', 'new']);
    expect(minted.of('uid-bob')).toEqual([]);
  });

  it('hold those of every start that come again, however many have come and gone since', () => {
    const minted = new MintedValues();

    for (let start = 0; start <= 100; start += 1) {
      minted.note(UID, { before: {}, after: { KEY: 'the same', TOKEN: `of start ${start}` } });
    }

    expect(minted.of(UID)).toEqual(
      expect.arrayContaining(['the same', 'of start 1', 'of start 100']),
    );
  });

  it('hold all of one start', () => {
    const minted = new MintedValues();
    const names = Array.from({ length: 150 }, (_, index) => `N${index}`);

    minted.note(UID, { before: {}, after: Object.fromEntries(names.map((one) => [one, one])) });

    expect(minted.of(UID)).toEqual(names);
  });

  it('are forgotten with the record', () => {
    const minted = new MintedValues();
    minted.note(UID, { before: {}, after: { A: 'a' } });

    minted.forget(UID);

    expect(minted.of(UID)).toEqual([]);
  });
});
