import type { InstanceSnapshot } from '../../../fakes/ec2/snapshot.ts';
import { plantForeign, terminateByHand } from '../by-hand.ts';
import { changeAccount, failNext, healAccount } from './account-changes.ts';
import { branchOf, lineOf } from './family.ts';
import { judge, type Verdict } from './judge.ts';
import type { Change, Step, Story, Trouble } from './story.ts';
import type { EndingAction, SystemUnderTest, Wish } from './system-under-test.ts';
import { WishHistory } from './wish-history.ts';

/** Time for what a step brings about to begin. */
const REACTION_SECONDS = 5;

/** How a story ended. */
export interface Ending extends Verdict {
  /** Nothing is left to do. */
  readonly isAtRest: boolean;
}

/** Every promise was kept. */
export function isKept(ending: Ending): boolean {
  const { duplicates, duplicatesEver, leaks, missing, wrongTerminations, isAtRest } = ending;
  return isAtRest && duplicates + duplicatesEver + leaks + missing + wrongTerminations === 0;
}

/** Plays a story in an empty account, lets everything come to rest, and judges. */
export async function play(story: Story, system: SystemUnderTest): Promise<Ending> {
  const player = new Player(system, await plantForeign(system.fake, 'ada'));
  try {
    for (const [index, step] of story.steps.entries()) {
      await player.take(step, index);
    }
  } finally {
    await system.goOn();
  }
  return await player.finish();
}

class Player {
  readonly #system: SystemUnderTest;
  readonly #foreignId: string;
  readonly #wishes = new WishHistory();
  readonly #known = new Map<string, InstanceSnapshot>();

  constructor(system: SystemUnderTest, foreignId: string) {
    this.#system = system;
    this.#foreignId = foreignId;
  }

  async take(step: Step, index: number): Promise<void> {
    await this.#happen(step, index);
    await this.#system.run(REACTION_SECONDS);
    this.#remember();
  }

  async finish(): Promise<Ending> {
    healAccount(this.#system.fake);
    const isAtRest = await this.#system.settle();
    this.#remember();
    const verdict = judge({
      ...{ system: this.#system, wishes: this.#wishes },
      ...{ foreignId: this.#foreignId, known: this.#known },
    });
    return { ...verdict, isAtRest };
  }

  async #happen(step: Step, index: number): Promise<void> {
    switch (step.do) {
      case 'wish':
        await this.#wish(step.wish, step.name);
        return;
      case 'trouble':
        await this.#trouble(step.trouble, step.name);
        return;
      case 'fault':
        failNext(this.#system.fake, step, index);
        await this.#provoke(step.action, step.name);
        return;
      case 'crash':
        this.#system.dieAt(step.action, step.when);
        await this.#provoke(step.action, step.name);
        return;
      case 'takeOver':
        await this.#provoke(step.action, step.name);
        await this.#system.takeOverIn(step.action, step.wait);
        return;
      case 'goOn':
        await this.#system.goOn();
        return;
      case 'time':
        await this.#system.run(step.seconds);
        return;
      default:
        changeAccount(this.#system.fake, step, index);
    }
  }

  /** Something happens to the workspace that needs that call. */
  async #provoke(action: EndingAction, name: string): Promise<void> {
    if (!this.#wishes.now.has(name)) {
      await this.#wish('declare', name);
    } else if (action === 'RunInstances') {
      await this.#trouble('terminateByHand', name);
    } else {
      await this.#wish(PROVOCATIONS[action], name);
    }
  }

  /** Nobody is declared without those above it, nor deleted without those below it. */
  async #wish(what: Change, name: string): Promise<void> {
    const { now } = this.#wishes;
    if (what !== 'declare' && !now.has(name)) {
      return;
    }
    const at = this.#system.fake.now();
    for (const one of CONCERNED[what]?.(name) ?? [name]) {
      const before = now.get(one) ?? { isPaused: false, version: 1 };
      this.#wishes.set(at, one, CHANGES[what](before));
    }
    await this.#system.declare(this.#wishes.now);
  }

  async #trouble(what: Trouble, name: string): Promise<void> {
    const { fake, caller } = this.#system;
    const found = fake
      .instances()
      .find(
        ({ launchedBy, state, tags }) =>
          launchedBy === caller && state === 'running' && tags['treeline.dev/name'] === name,
      );
    if (found !== undefined && what === 'shutDown') {
      fake.shutDown(found.id);
    }
    if (found !== undefined && what === 'terminateByHand') {
      await terminateByHand(fake, found.id).catch(() => undefined);
    }
  }

  #remember(): void {
    for (const instance of this.#system.fake.instances()) {
      this.#known.set(instance.id, instance);
    }
  }
}

/** An edit stops and starts. */
const PROVOCATIONS = {
  StartInstances: 'edit',
  StopInstances: 'pause',
  TerminateInstances: 'delete',
} as const;

const CONCERNED: Partial<Record<Change, (name: string) => readonly string[]>> = {
  declare: lineOf,
  delete: branchOf,
};

const CHANGES = {
  declare: (wish: Wish) => wish,
  edit: (wish: Wish) => ({ ...wish, version: wish.version + 1 }),
  pause: (wish: Wish) => ({ ...wish, isPaused: true }),
  resume: (wish: Wish) => ({ ...wish, isPaused: false }),
  delete: () => undefined,
};
