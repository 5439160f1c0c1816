import { describe, expect, it } from '@jest/globals';
import { digestOf } from '../../../sources/directory/plan-removals.ts';
import { Removals } from '../../../sources/directory/removals.ts';
import { keyOf, ownedBy } from './builders.ts';

const TEN = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];

/** One clean look at `atMs` over ten owned objects. */
function look(
  removals: Removals,
  atMs: number,
  mentioned: readonly string[],
  confirmedDigest?: string,
): void {
  removals.decide({
    owned: ownedBy(TEN),
    mentioned: new Set(mentioned.map(keyOf)),
    doubt: undefined,
    beganAtMs: atMs,
    endedAtMs: atMs,
    confirmedDigest,
  });
}

function start(isHeld = false): Removals {
  return new Removals({ secondLookMs: 5_000, owned: ownedBy(TEN), isHeld });
}

describe('removals from look to look', () => {
  it('are due when two looks lacked an object', () => {
    const removals = start();
    look(removals, 0, TEN.slice(1));
    expect(removals.due).toEqual([]);

    look(removals, 5_000, TEN.slice(1));

    expect(removals.due).toEqual([keyOf('a')]);
  });

  it('start anew when a hint showed the object between two looks', () => {
    const removals = start();
    look(removals, 0, TEN.slice(1));
    removals.notice(new Set(TEN.map(keyOf)));

    look(removals, 6_000, TEN.slice(1));

    expect(removals.due).toEqual([]);
  });

  it('that were not carried out are not carried out on a hint', () => {
    const removals = start();
    look(removals, 0, TEN.slice(1));
    look(removals, 5_000, TEN.slice(1));

    removals.notice(new Set());

    expect(removals.due).toEqual([]);
  });

  it('are held until confirmed, and then the source is active at once', () => {
    const removals = start();
    look(removals, 0, ['j']);
    look(removals, 5_000, ['j']);
    const held = {
      digest: digestOf(TEN.slice(0, 9).map(keyOf)),
      deletions: removals.held?.deletions,
    };
    expect(removals).toMatchObject({ due: [], held });

    look(removals, 10_000, ['j'], held.digest);
    expect(removals.due).toHaveLength(9);
    removals.finish();

    expect(removals).toMatchObject({ due: [], held: undefined, decision: { kind: 'Nothing' } });
  });

  it('are held from the start when they were before a restart, with the list after the first look', () => {
    const removals = start(true);
    expect(removals.held).toEqual({ digest: null, deletions: [] });

    look(removals, 0, TEN.slice(1));

    expect(removals.held).toEqual({ digest: digestOf([keyOf('a')]), deletions: [keyOf('a')] });
  });
});
