import { PARTS } from './encode.ts';
import type { World } from './world.ts';

/** A world whose parts are shared with all equal ones, and its key: equal worlds have equal keys. */
export interface Canonical {
  readonly world: World;
  readonly ids: readonly number[];
  readonly key: string;
}

interface Part {
  readonly id: number;
  readonly value: unknown;
}

const NAMES = Object.keys(PARTS) as (keyof typeof PARTS)[];

/** Gives equal parts of worlds one number, so that a key is short and what a move left alone costs nothing. */
export class Canon {
  readonly #parts = NAMES.map(() => new Map<string, Part>());

  /** The canonical form of a world that was made from `before` by one move. */
  of(world: World, before: Canonical | undefined): Canonical {
    const ids: number[] = [];
    const values: unknown[] = [];
    let key = '';
    for (let index = 0; index < NAMES.length; index += 1) {
      const name = NAMES[index] ?? 'budget';
      const value = world[name];
      if (before !== undefined && before.world[name] === value) {
        ids.push(before.ids[index] ?? 0);
        values.push(value);
      } else {
        const part = this.#part(index, PARTS[name](world), value);
        ids.push(part.id);
        values.push(part.value);
      }
      key += `${ids[index] ?? 0},`;
    }
    return { world: toWorld(values), ids, key };
  }

  #part(index: number, text: string, value: unknown): Part {
    const known = this.#parts[index] ?? new Map<string, Part>();
    let part = known.get(text);
    if (part === undefined) {
      part = { id: known.size, value };
      known.set(text, part);
    }
    return part;
  }
}

/** All worlds have one shape, which makes them fast to read; a part that is missing is undefined. */
function toWorld([database, backup, provider, leader, stale, budget]: readonly unknown[]): World {
  return { database, backup, provider, leader, stale, budget } as World;
}
