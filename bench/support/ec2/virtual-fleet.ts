import setUp from '../../../test/support/global-setup.ts';
import tearDown from '../../../test/support/global-teardown.ts';
import { cloudClass } from '../../../test/support/cloud-class.ts';
import { Ec2Harness } from '../../../test/support/ec2-harness.ts';
import { workspace } from '../../../test/support/manifests.ts';
import type { FakeEc2 } from '../../../test/fakes/ec2/fake-ec2.ts';
import type { MeasuredFleet } from './measure-fleet.ts';
import { playOut } from './play-out.ts';

/** Longer than any of it may take. */
const LONGEST_SECONDS = 20_000;

/** A controller with all its loops, a real PostgreSQL and a fake EC2, on virtual time. */
export class VirtualFleet implements MeasuredFleet, AsyncDisposable {
  readonly who = 'Treeline';
  readonly #harness: Ec2Harness;
  readonly #stop = new AbortController();
  readonly #loops: Promise<void>;

  /** `neighbourShare`: of every bucket, used up by somebody else. */
  static async start(neighbourShare: number): Promise<VirtualFleet> {
    await setUp();
    const account = { neighbourShare, seed: 1 };
    const harness = await Ec2Harness.start({ account, logLevel: 'error', connections: 12 });
    return new VirtualFleet(harness);
  }

  private constructor(harness: Ec2Harness) {
    this.#harness = harness;
    const { observers, resync } = harness.process.leader;
    const tick = (): void => undefined;
    this.#loops = Promise.allSettled([
      ...observers.map((observer) => observer.run(this.#stop.signal, tick)),
      resync.run(this.#stop.signal, tick),
    ]).then(() => undefined);
  }

  get fake(): FakeEc2 {
    return this.#harness.fake;
  }

  /** Virtual seconds since the start. */
  get seconds(): number {
    return this.#harness.clock.monotonicMs() / 1000;
  }

  /** Declares so many workspaces, and nothing else. */
  async want(count: number): Promise<void> {
    const workspaces = Array.from({ length: count }, (_, index) =>
      workspace({ name: `w${index}` }),
    );
    await this.#harness.apply(cloudClass(), ...workspaces);
    this.#harness.process.leader.resync.soon();
  }

  /** Until so many instances are launched, and all others asked to end. */
  async reach(count: number): Promise<void> {
    await this.#playUntil(() => this.fake.liveCount === count, LONGEST_SECONDS);
  }

  async keep(seconds: number): Promise<void> {
    const until = this.seconds + seconds;
    await this.#playUntil(() => this.seconds >= until, seconds + 60);
  }

  async #playUntil(isDone: () => boolean, longestSeconds: number): Promise<void> {
    await playOut({
      clock: this.#harness.clock,
      busy: this.#harness.process.life,
      isDone,
      longestSeconds,
      onTime: () => this.#harness.syncTime(),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#harness[Symbol.asyncDispose]();
    await this.#loops;
    await tearDown();
  }
}
