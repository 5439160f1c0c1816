import { describe, expect, it } from '@jest/globals';
import { storableText, toStorableJson } from '../../store/storable.ts';

describe('text for the database', () => {
  it.each([
    ['is left as it is', 'a\n\u{1f600}\ufffd', 'a\n\u{1f600}\ufffd'],
    ['loses its NUL characters', 'a\0b', 'a\ufffdb'],
    ['loses halves of surrogate pairs', 'a\ud83d b\ude00', 'a\ufffd b\ufffd'],
  ])('%s', (_title, text, stored) => {
    expect(storableText(text)).toBe(stored);
    expect(JSON.parse(toStorableJson({ list: [text] }))).toEqual({ list: [stored] });
  });

  it('keeps what only looks like an escape', () => {
    expect(JSON.parse(toStorableJson(['\\u0000', 1, null, true]))).toEqual([
      '\\u0000',
      1,
      null,
      true,
    ]);
  });
});
