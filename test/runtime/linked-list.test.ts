import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LinkedList } from '../../runtime/linked-list.ts';

it('gives values back in the order in which they came, without those removed', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean()), (isRemoved) => {
      const list = new LinkedList<number>();
      const nodes = isRemoved.map((_, index) => list.push(index));

      nodes
        .filter(({ value }) => isRemoved[value])
        .forEach((node) => {
          list.remove(node);
        });

      const left = [...isRemoved.keys()].filter((index) => !isRemoved[index]);
      expect(list.size).toBe(left.length);
      expect(left.map(() => list.shift())).toEqual(left);
      expect(list.shift()).toBeUndefined();
    }),
  );
});

it('takes new values after it was emptied', () => {
  const list = new LinkedList<string>();
  list.push('a');
  list.shift();

  list.push('b');

  expect(list.shift()).toBe('b');
});
