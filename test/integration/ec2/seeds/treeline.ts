import type { Declaration } from '../../../../api/objects.ts';
import { ReconcileError } from '../../../../lib/errors.ts';
import type { HeldCall } from '../../../fakes/ec2/faults.ts';
import type { FakeEc2 } from '../../../fakes/ec2/fake-ec2.ts';
import { cloudClass } from '../../../support/cloud-class.ts';
import type { Ec2Harness } from '../../../support/ec2-harness.ts';
import type { LeaderProcess } from '../../../support/leader-process.ts';
import { workspace } from '../../../support/manifests.ts';
import type { Crash } from '../../../support/mortal-process.ts';
import { INSTANCE_TYPE } from './account-changes.ts';
import { parentOf } from './family.ts';
import type { EndingAction, SystemUnderTest, Wish, Wishes } from './system-under-test.ts';

const CLASS = cloudClass({ ec2: { instanceTypes: { '2': [INSTANCE_TYPE] } } });

/** Between two passes of garbage collection, as the options of a real leader have it. */
const COLLECTION_SECONDS = 60;

interface Stopped {
  readonly process: LeaderProcess;
  readonly held: HeldCall;
  readonly looking: Promise<unknown>;
}

/** What happened to it, to see that the stories were worth playing. */
export interface Tally {
  crashes: number;
  takeovers: number;
}

/** Treeline as stories play with it: reconciler, queue and PostgreSQL as they are. */
export class Treeline implements SystemUnderTest {
  readonly tally: Tally = { crashes: 0, takeovers: 0 };
  readonly #harness: Ec2Harness;
  readonly #stopped: Stopped[] = [];
  #nextCollectionMs = 0;

  constructor(harness: Ec2Harness) {
    this.#harness = harness;
  }

  get caller(): string {
    return this.#harness.installationId;
  }

  get fake(): FakeEc2 {
    return this.#harness.fake;
  }

  async declare(wishes: Wishes): Promise<void> {
    const declared = [...wishes].map(([name, wish]) => toWorkspace(name, wish));
    await this.#harness.apply(CLASS, ...declared);
  }

  async run(seconds: number): Promise<void> {
    await this.#startIfOver();
    await this.#harness.advance(seconds);
    if (this.#harness.clock.monotonicMs() >= this.#nextCollectionMs) {
      await this.#collectGarbage();
    }
  }

  dieAt(action: EndingAction, when: Crash['when']): void {
    this.#harness.process.life.arm({ name: `ec2.${action}`, when });
  }

  async takeOverIn(action: EndingAction, wait: 'before' | 'after'): Promise<void> {
    await this.#startIfOver();
    const { process } = this.#harness;
    const held = this.fake.faults.hold(action, wait);
    const looking = this.#harness.look();
    const isStopped = await Promise.race([
      held.arrived.then(() => true),
      looking.then(() => false),
    ]);
    held.cancel();
    await this.#harness.lead();
    if (isStopped) {
      this.tally.takeovers += 1;
      this.#stopped.push({ process, held, looking });
    }
  }

  async goOn(): Promise<void> {
    for (const { process, held, looking } of this.#stopped.splice(0)) {
      held.release();
      process.resume();
      await looking;
    }
  }

  async settle(): Promise<boolean> {
    await this.#startIfOver();
    this.#harness.process.life.arm();
    await this.#harness.settle();
    await this.#collectGarbage();
    return await this.#harness.settle();
  }

  /** A pass that fails is one that did not happen. */
  async #collectGarbage(): Promise<void> {
    await this.#startIfOver();
    this.#nextCollectionMs = this.#harness.clock.monotonicMs() + COLLECTION_SECONDS * 1000;
    try {
      await this.#harness.collectGarbage('enforce');
    } catch (error) {
      if (!(error instanceof ReconcileError) && !this.#harness.process.isOver) {
        throw error;
      }
    }
  }

  async #startIfOver(): Promise<void> {
    if (this.#harness.process.isOver) {
      this.tally.crashes += 1;
      await this.#harness.restart();
    }
  }
}

function toWorkspace(name: string, { isPaused, version }: Wish): Declaration {
  const parent = parentOf(name);
  return workspace({
    name,
    env: [{ name: 'VERSION', value: String(version) }],
    desiredState: isPaused ? 'Paused' : 'Running',
    ...(parent !== undefined && { parentRef: { name: parent } }),
  });
}
