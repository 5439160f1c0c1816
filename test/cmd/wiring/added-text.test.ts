import { describe, expect, it } from '@jest/globals';
import { addedTo } from '../../../cmd/wiring/added-text.ts';

describe('what a log has grown by', () => {
  it.each([
    ['nothing, when it is the same', 'a\nb\n', 'a\nb\n', ''],
    ['the new lines', 'a\nb\n', 'a\nb\nc\nd\n', 'c\nd\n'],
    ['the rest of a line that was cut', 'a\nb', 'a\nbcd\n', 'cd\n'],
    ['the new lines, when the oldest are not shown any more', 'a\nb\nc\n', 'b\nc\nd\n', 'd\n'],
    ['everything, when it was empty before', '', 'a\n', 'a\n'],
    ['everything, when none of it was there before', 'a\nb\n', 'x\ny\n', 'x\ny\n'],
    ['nothing, when it was emptied', 'a\n', '', ''],
  ])('is %s', (_title, before, after, added) => {
    expect(addedTo(before, after)).toBe(added);
  });
});
