import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MinHeap } from '../../runtime/min-heap.ts';

it('gives any values back in order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (values) => {
      const heap = new MinHeap<number>((a, b) => a < b);
      values.forEach((value) => {
        heap.push(value);
      });

      const sorted = Array.from(values, () => heap.pop());

      expect(sorted).toEqual(values.toSorted((a, b) => a - b));
      expect(heap.size).toBe(0);
      expect(heap.pop()).toBeUndefined();
    }),
  );
});

it('stays in order when values come after others have gone', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer()),
      fc.nat(20),
      fc.array(fc.integer()),
      (first, pops, second) => {
        const heap = new MinHeap<number>((a, b) => a < b);
        const push = (value: number): void => {
          heap.push(value);
        };

        first.forEach(push);
        const popped = Array.from({ length: Math.min(pops, first.length) }, () => heap.pop());
        second.forEach(push);

        const inOrder = first.toSorted((a, b) => a - b);
        const left = [...inOrder.slice(popped.length), ...second].sort((a, b) => a - b);
        expect(popped).toEqual(inOrder.slice(0, popped.length));
        expect(heap.peek()).toBe(left[0]);
        expect(left.map(() => heap.pop())).toEqual(left);
      },
    ),
  );
});
