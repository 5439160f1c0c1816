import type { LaneName } from '../../../backends/ec2/bucket-table.ts';
import { createTerminateBatch } from '../../../backends/ec2/batches.ts';
import { Ec2Lanes } from '../../../backends/ec2/lanes.ts';
import { ThrottledError } from '../../../lib/errors.ts';
import {
  REQUEST_BUCKETS,
  RESOURCE_BUCKETS,
  type RequestBucket,
  type ResourceBucket,
} from '../../fakes/ec2/model/bucket-table.ts';
import { Buckets } from '../../fakes/ec2/model/buckets.ts';
import { createSeededRandom, type SeededRandom } from '../../support/seeded-random.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** Milliseconds between sending and arriving: from next door, or by a slow way. */
const FASTEST_WAY_MS = 20;
const SLOWEST_WAY_MS = 400;
/** Milliseconds that a pass takes until it asks for its turn, and from its turn until it sends. */
const SLOWEST_PASS_MS = 50;

interface AccountOptions {
  readonly seed: number;
  /** What a neighbour takes of every bucket. */
  readonly neighbourShare?: number;
}

/** A call as the provider counts it. */
interface Call {
  readonly lane: LaneName & RequestBucket & ResourceBucket;
  readonly keys: readonly string[];
}

/** Passes of a controller that ask for turns and send, and a provider whose buckets refill from when a call arrives. */
export class PacedAccount {
  readonly lanes: Ec2Lanes;
  /** Sent, the refused ones included. */
  calls = 0;
  throttles = 0;
  /** When the last call was accepted. */
  acceptedSeconds = 0;
  readonly #clock = new VirtualClock();
  readonly #random: SeededRandom;
  readonly #share: number;
  readonly #requests = new Buckets(REQUEST_BUCKETS);
  readonly #resources = new Buckets(RESOURCE_BUCKETS);

  constructor({ seed, neighbourShare = 0 }: AccountOptions) {
    this.lanes = new Ec2Lanes({ clock: this.#clock });
    this.#random = createSeededRandom(seed);
    this.#share = neighbourShare;
  }

  /** Resolves when all of so many workspaces are launched. */
  async launch(count: number): Promise<void> {
    await this.#run(names(count).map((key) => this.#launchOne(key)));
  }

  /** Resolves when all of so many instances are terminated; one process makes the passes, one after the other. */
  async terminate(count: number): Promise<void> {
    const batch = createTerminateBatch({
      clock: this.#clock,
      terminate: (keys) => this.#send({ lane: 'TerminateInstances', keys }),
    });
    let lastPass = Promise.resolve();
    const pass = async (): Promise<void> => {
      lastPass = lastPass.then(() => this.#clock.sleep(3));
      await lastPass;
    };
    await this.#run(
      names(count).map((key) =>
        this.#untilAccepted(async () => {
          await pass();
          const seconds = this.lanes.reserve('terminate', key);
          if (seconds === 0) {
            await batch.add(key);
          }
          return seconds;
        }),
      ),
    );
  }

  async #launchOne(key: string): Promise<void> {
    await this.#untilAccepted(async () => {
      await this.#clock.sleep(this.#random.below(SLOWEST_PASS_MS));
      const seconds = this.lanes.reserve('launch', key);
      if (seconds > 0) {
        return seconds;
      }
      await this.#clock.sleep(this.#random.below(SLOWEST_PASS_MS));
      await this.#send({ lane: 'RunInstances', keys: [key] });
      return 0;
    });
  }

  /** Makes passes until one neither asks to come back nor is throttled. */
  async #untilAccepted(pass: () => Promise<number>): Promise<void> {
    for (let seconds = Infinity; seconds > 0;) {
      seconds = await pass().catch(secondsOf);
      await this.#clock.sleep(seconds * 1000);
    }
  }

  async #send({ lane, keys }: Call): Promise<void> {
    const permit = await this.lanes.take(lane, keys);
    this.calls += 1;
    await this.#travel();
    const isAccepted = this.#arrive({ lane, keys });
    await this.#travel();
    if (!isAccepted) {
      this.throttles += 1;
      throw new ThrottledError('sending: RequestLimitExceeded', permit.throttled());
    }
  }

  #arrive({ lane, keys }: Call): boolean {
    const moment = { now: this.#clock.monotonicMs(), share: this.#share };
    const isAccepted =
      this.#requests.take(lane, 1, moment) && this.#resources.take(lane, keys.length, moment);
    if (isAccepted) {
      this.acceptedSeconds = moment.now / 1000;
    }
    return isAccepted;
  }

  #travel(): Promise<void> {
    const more = this.#random.below(SLOWEST_WAY_MS - FASTEST_WAY_MS + 1);
    return this.#clock.sleep(FASTEST_WAY_MS + more);
  }

  async #run(work: readonly Promise<void>[]): Promise<void> {
    const progress = { left: work.length };
    const all = Promise.all(
      work.map((one) =>
        one.finally(() => {
          progress.left -= 1;
        }),
      ),
    );
    while (progress.left > 0) {
      await this.#clock.advance(10_000);
    }
    await all;
  }
}

function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `i-${index}`);
}

function secondsOf(error: unknown): number {
  if (error instanceof ThrottledError) {
    return error.seconds;
  }
  throw error;
}
