import { describe, expect, it } from '@jest/globals';
import { formatPath, parsePointer, valueAt } from '../../../api/validation/path.ts';

describe('paths', () => {
  it.each([
    [[], ''],
    [['spec'], 'spec'],
    [['spec', 'files', 0, 'directory'], 'spec.files[0].directory'],
    [['metadata', 'annotations', 'a.b/c'], 'metadata.annotations["a.b/c"]'],
    [['a b'], '["a b"]'],
    [['items', 3], 'items[3]'],
  ])('%j is written %s', (path, text) => {
    expect(formatPath(path)).toBe(text);
  });

  it.each([
    ['', []],
    ['/spec/files/0', ['spec', 'files', 0]],
    ['/map/0', ['map', '0']],
    ['/map/a~1b~0c', ['map', 'a/b~c']],
  ])('the pointer %j leads to %j', (pointer, path) => {
    expect(parsePointer(pointer, { spec: { files: [1] }, map: { 0: 1 } })).toEqual(path);
  });

  it.each([
    [['a', 'b'], 1],
    [['a', 'c'], undefined],
    [['a', 'b', 'c'], undefined],
    [['toString'], undefined],
  ])('the value at %j is %j', (path, value) => {
    expect(valueAt({ a: { b: 1 } }, path)).toBe(value);
  });
});
