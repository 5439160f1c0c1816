import type { Declaration } from '../../api/objects.ts';
import { processClass, workspace } from '../support/manifests.ts';
import { NAMES, type Name, type Sequence, type Step } from './step.ts';
import type { Expected } from './world.ts';

/** What people want of one workspace. */
interface Wish {
  readonly parent: Name | null;
  readonly isPaused: boolean;
  readonly isFolded: boolean;
  readonly isExternal: boolean;
  readonly version: number;
  readonly tier: number;
}

/**
 * Where a place in the tree is not accepted, the status says that and nothing else: `idle` does not run, because it is
 * paused; `anything` is left as it was.
 */
export type Outcome = Expected | 'idle' | 'anything';

const FIRST_WISH: Wish = {
  ...{ parent: null, isPaused: false, isFolded: false, isExternal: false },
  ...{ version: 1, tier: 2 },
};

/** What people have declared so far: all that decides how the world should be in the end. */
export class Model {
  readonly #wishes = new Map<Name, Wish>();

  constructor(start: Sequence['start']) {
    start.forEach(([name, parent]) => this.#wishes.set(name, { ...FIRST_WISH, parent }));
  }

  /** Changes what is wanted; false when the step says nothing about that. */
  follow(step: Step): boolean {
    switch (step.do) {
      case 'declare':
        return this.#set(step.name, { ...this.#wish(step.name), parent: step.parent });
      case 'edit':
        return this.#change(step.name, ({ version }) => ({ version: version + 1 }));
      case 'resize':
        return this.#change(step.name, ({ tier }) => ({ tier: (tier % 4) + 1 }));
      case 'pause':
        return this.#change(step.name, () => ({ isPaused: true }));
      case 'resume':
        return this.#change(step.name, () => ({ isPaused: false }));
      case 'move':
        return this.#change(step.name, ({ isExternal }) => ({ isExternal: !isExternal }));
      case 'fold':
        return this.#change(step.name, ({ isFolded }) => ({ isFolded: !isFolded }));
      case 'delete':
        this.#wishes.delete(step.name);
        return true;
      case 'apply':
        return true;
      default:
        return false;
    }
  }

  declarations(): readonly Declaration[] {
    const declared = [...this.#wishes].map(([name, wish]) =>
      workspace({
        name,
        tier: wish.tier,
        env: [{ name: 'VERSION', value: String(wish.version) }],
        ...(wish.isPaused && { desiredState: 'Paused' as const }),
        ...(wish.isExternal && { external: {} }),
        ...(wish.isFolded && { collapsed: true }),
        ...(wish.parent !== null && { parentRef: { name: wish.parent } }),
      }),
    );
    return [processClass(), ...declared];
  }

  /** How each workspace must be when nothing happens any more. */
  expected(): ReadonlyMap<Name, Outcome> {
    return new Map(NAMES.map((name) => [name, this.#expectedOf(name)]));
  }

  #expectedOf(name: Name): Outcome {
    if (!this.#wishes.has(name)) {
      return 'absent';
    }
    const { chain, isAccepted } = this.#lineage(name);
    if (chain.some((one) => this.#wish(one).isPaused)) {
      return isAccepted ? 'paused' : 'idle';
    }
    if (!isAccepted) {
      return 'anything';
    }
    return this.#wish(name).isExternal ? 'elsewhere' : 'running';
  }

  /** The workspace and its ancestors; not accepted when its parent does not exist, or a cycle is among them. */
  #lineage(name: Name): { readonly chain: readonly Name[]; readonly isAccepted: boolean } {
    const chain: Name[] = [];
    let next: Name | null = name;
    while (next !== null && this.#wishes.has(next) && !chain.includes(next)) {
      chain.push(next);
      next = this.#wish(next).parent;
    }
    const isAccepted = next === null || (!chain.includes(next) && chain.length > 1);
    return { chain, isAccepted };
  }

  #wish(name: Name): Wish {
    return this.#wishes.get(name) ?? FIRST_WISH;
  }

  #change(name: Name, change: (wish: Wish) => Partial<Wish>): boolean {
    const wish = this.#wishes.get(name);
    return wish !== undefined && this.#set(name, { ...wish, ...change(wish) });
  }

  #set(name: Name, wish: Wish): boolean {
    this.#wishes.set(name, wish);
    return true;
  }
}
