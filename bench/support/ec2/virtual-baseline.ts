import type { EC2Client } from '@aws-sdk/client-ec2';
import { ec2Client } from '../../../test/fakes/ec2/client.ts';
import { FakeEc2 } from '../../../test/fakes/ec2/fake-ec2.ts';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import type { Baseline } from './baselines.ts';
import type { MeasuredFleet } from './measure-fleet.ts';
import { playOut } from './play-out.ts';
import { Traffic } from './traffic.ts';

/** As often as Treeline lists. */
const ROUND_SECONDS = 30;
const LONGEST_SECONDS = 200_000;

/** What people write without tokens, on the same fake EC2 and on virtual time. */
export class VirtualBaseline implements MeasuredFleet, AsyncDisposable {
  readonly who: string;
  readonly fake: FakeEc2;
  readonly #baseline: Baseline;
  readonly #clock: VirtualClock;
  readonly #client: EC2Client;
  readonly #traffic = new Traffic();
  #uids: readonly string[] = [];
  #change: Promise<void> = Promise.resolve();

  static async start(baseline: Baseline, neighbourShare: number): Promise<VirtualBaseline> {
    const clock = new VirtualClock();
    const fake = await FakeEc2.start({ clock, neighbourShare, seed: 1 });
    return new VirtualBaseline(baseline, clock, fake);
  }

  private constructor(baseline: Baseline, clock: VirtualClock, fake: FakeEc2) {
    this.who = baseline.name;
    this.fake = fake;
    this.#baseline = baseline;
    this.#clock = clock;
    this.#client = ec2Client(fake.url);
  }

  get seconds(): number {
    return this.#clock.monotonicMs() / 1000;
  }

  want(count: number): Promise<void> {
    const before = this.#uids;
    this.#uids = Array.from({ length: count }, (_, index) => `uid-${index}`);
    this.#change =
      count === 0 ? this.#baseline.end(before, this.#surroundings()) : this.#converge();
    return Promise.resolve();
  }

  async reach(): Promise<void> {
    await this.#play(this.#change);
  }

  async keep(seconds: number): Promise<void> {
    await this.#play(this.#keepFor(seconds));
  }

  async #keepFor(seconds: number): Promise<void> {
    for (const until = this.seconds + seconds; this.seconds < until;) {
      await Promise.all([this.#converge(), this.#clock.sleep(ROUND_SECONDS * 1000)]);
    }
  }

  async #converge(): Promise<void> {
    await this.#baseline.converge(this.#uids, this.#surroundings());
  }

  #surroundings() {
    return { client: this.#client, clock: this.#clock, traffic: this.#traffic };
  }

  async #play(work: Promise<void>): Promise<void> {
    let isOver = false;
    const over = work.finally(() => {
      isOver = true;
    });
    await Promise.all([over, this.#playUntil(() => isOver)]);
  }

  async #playUntil(isDone: () => boolean): Promise<void> {
    await playOut({
      clock: this.#clock,
      busy: this.#traffic,
      isDone,
      longestSeconds: LONGEST_SECONDS,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.destroy();
    await this.fake[Symbol.asyncDispose]();
  }
}
