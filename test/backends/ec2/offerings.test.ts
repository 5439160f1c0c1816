import { describe, expect, it } from '@jest/globals';
import { Avoidance, offeringsOf } from '../../../backends/ec2/offerings.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const subnets = [
  { id: 'subnet-a', zone: 'zone-a' },
  { id: 'subnet-b', zone: 'zone-b' },
  { id: 'subnet-b2', zone: 'zone-b' },
];
const offerings = offeringsOf(['small', 'large'], subnets);

function avoidAfter(refusals: readonly (readonly [number, string])[]) {
  const clock = new VirtualClock();
  const avoidance = new Avoidance(clock);
  for (const [index, code] of refusals) {
    offerings.slice(index, index + 1).forEach((offering) => {
      avoidance.note(offering, code);
    });
  }
  const choose = (): string => {
    const { instanceType, subnet } = avoidance.choose(offerings) ?? {};
    return `${instanceType ?? 'none'} ${subnet?.id ?? ''}`;
  };
  return { clock, choose };
}

describe('offerings', () => {
  it('try a type in every subnet before the next type', () => {
    expect(offerings.map(({ instanceType, subnet }) => `${instanceType} ${subnet.id}`)).toEqual([
      'small subnet-a',
      'small subnet-b',
      'small subnet-b2',
      'large subnet-a',
      'large subnet-b',
      'large subnet-b2',
    ]);
  });

  it.each([
    [[], 'small subnet-a'],
    [[[0, 'InsufficientInstanceCapacity']], 'small subnet-b'],
    // The zone of both subnets has no room for the type.
    [
      [
        [0, 'InsufficientInstanceCapacity'],
        [1, 'InsufficientInstanceCapacity'],
      ],
      'large subnet-a',
    ],
    // Another subnet of the same zone may have addresses.
    [
      [
        [0, 'Unsupported'],
        [1, 'InsufficientFreeAddressesInSubnet'],
      ],
      'small subnet-b2',
    ],
    // No type gets an address in that subnet.
    [
      [
        [0, 'InsufficientAddressCapacity'],
        [1, 'InsufficientInstanceCapacity'],
      ],
      'large subnet-b',
    ],
  ] as const)('after the refusals %j choose %s', (refusals, expected) => {
    expect(avoidAfter(refusals).choose()).toBe(expected);
  });

  it('choose none when all are avoided', () => {
    const refusals = [0, 1, 3, 4].map((index) => [index, 'InsufficientInstanceCapacity'] as const);

    expect(avoidAfter(refusals).choose()).toBe('none ');
  });

  it.each([
    ['InsufficientInstanceCapacity', 180],
    ['InsufficientFreeAddressesInSubnet', 180],
    ['Unsupported', 3600],
  ])('avoid after %s for %d s', (code, seconds) => {
    const { clock, choose } = avoidAfter([[0, code]]);

    clock.jump(seconds * 1000 - 1);
    const before = choose();
    clock.jump(1);

    expect(before).toBe('small subnet-b');
    expect(choose()).toBe('small subnet-a');
  });
});
