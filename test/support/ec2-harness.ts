import { openClients } from '../../backends/ec2/clients.ts';
import { Ec2Backend } from '../../backends/ec2/ec2-backend.ts';
import {
  CALL_LIFETIME_SECONDS,
  LIST_INTERVAL_SECONDS,
  SETTLE_SECONDS,
} from '../../backends/ec2/limits.ts';
import type { Sender } from '../../backends/ec2/requests.ts';
import { FakeEc2, type FakeEc2Options } from '../fakes/ec2/fake-ec2.ts';
import { DEFAULT_CATALOGUE } from '../fakes/ec2/model/catalogue.ts';
import type { InstanceSnapshot } from '../fakes/ec2/snapshot.ts';
import {
  createTimedDatabase,
  LeaderHarness,
  type LeaderHarnessOptions,
  type Look,
} from './leader-harness.ts';
import type { LeaderChoices } from './leader-process.ts';
import { mortalSender } from './mortal-sender.ts';
import type { TestDatabase } from './postgres.ts';
import { TEST_KEY } from './provisioning.ts';
import { emptyDatabase } from './rows.ts';
import type { VirtualClock } from './virtual-clock.ts';

const { region } = DEFAULT_CATALOGUE;

type AccountChoices = Omit<FakeEc2Options, 'clock' | 'port'>;

export interface Ec2HarnessOptions extends LeaderHarnessOptions {
  /** Default: an account in which nothing goes wrong, with times as EC2 has them. */
  readonly account?: AccountChoices;
}

/** Another installation in the account of a harness. */
interface NeighbourOptions extends LeaderHarnessOptions {
  readonly installationId: string;
}

/** As the observer looks at what is on the move. */
const LOOK_SECONDS = 10;
/** Nothing waits longer than until a doubt is over. */
const STANDSTILL_SECONDS = 2 * (CALL_LIFETIME_SECONDS + SETTLE_SECONDS);

/** Seconds that EC2 takes as a rule. */
export const USUAL_TIMES = { pendingSeconds: 8, stoppingSeconds: 15, shuttingDownSeconds: 10 };

/**
 * A harness on the fake EC2: each leader has an `Ec2Backend` of its own, over the wire. Calls wait on virtual time for their
 * turns and for others to go with them; the answers are real I/O and take no time.
 */
export class Ec2Harness extends LeaderHarness {
  fake: FakeEc2;
  #sender: Sender;
  #nextListMs = 0;

  static async start({ account = {}, ...options }: Ec2HarnessOptions = {}): Promise<Ec2Harness> {
    const harness = new Ec2Harness(await createTimedDatabase(), options);
    await harness.#openAccount(account);
    await harness.lead();
    return harness;
  }

  /** Another installation with a database of its own, in the same account and on the same clock; end it first. */
  async startNeighbour(options: NeighbourOptions): Promise<Ec2Harness> {
    const { clock } = this;
    const neighbour = new Ec2Harness(await createTimedDatabase(), { ...options, clock });
    neighbour.fake = this.fake;
    neighbour.#sender = neighbour.#openClients();
    await neighbour.lead();
    return neighbour;
  }

  private constructor(database: TestDatabase, options: LeaderHarnessOptions) {
    super(database, options);
    this.fake = undefined as unknown as FakeEc2;
    this.#sender = undefined as unknown as Sender;
  }

  /** A new leader takes over, as when the lease of the one before has ended: that one stands still, and is not asked. */
  async lead(choices: LeaderChoices = {}): Promise<void> {
    await this.startLeader(
      ({ life, clock, mayCall }) =>
        new Map([
          [
            `ec2/${region}`,
            new Ec2Backend({
              ...{ region, clock, mayCall },
              installationId: this.installationId,
              bootstrapTokenOf: (launchToken) => TEST_KEY.bootstrapToken(launchToken),
              sender: mortalSender(this.#sender, this.fake, life),
            }),
          ],
        ]),
      choices,
    );
  }

  /** A crash, and the start after it. */
  async restart(choices: LeaderChoices = {}): Promise<void> {
    await this.process.kill();
    await this.lead(choices);
  }

  /** An empty database, an empty account, and a new leader: far cheaper than another harness. */
  async reset(account: AccountChoices = {}): Promise<void> {
    await this.kill();
    await emptyDatabase(this.db);
    await this.fake[Symbol.asyncDispose]();
    await this.#openAccount(account);
    await this.lead();
  }

  /**
   * Lets time pass as it does for a real leader: keys are taken when their time comes, and every 10 s the observer looks at
   * what is on the move, every third time at everything.
   */
  override async advance(seconds: number): Promise<void> {
    for (let left = seconds; left > 0; left -= LOOK_SECONDS) {
      await this.work(Math.min(left, LOOK_SECONDS));
      await this.#lookInTurn();
    }
  }

  /** As in every harness, with fewer looks. */
  override async settle(): Promise<boolean> {
    let waitedSeconds = 0;
    await this.look();
    while (waitedSeconds < STANDSTILL_SECONDS && !this.process.isOver) {
      const { life } = this.process;
      const commits = life.commits;
      const seconds = this.#patience(waitedSeconds);
      await this.work(seconds);
      const { isCalm } = await this.#lookInTurn();
      if (isCalm && life.commits === commits) {
        return true;
      }
      waitedSeconds = life.commits > commits ? 0 : waitedSeconds + seconds;
    }
    return false;
  }

  /** Seconds until the next look: more and more, but one before any key's time, so that what it finds is not too old. */
  #patience(waitedSeconds: number): number {
    const untilDue = this.process.nextDueInMs / 1000 - LOOK_SECONDS;
    return Math.ceil(Math.max(Math.min(waitedSeconds, untilDue), LOOK_SECONDS));
  }

  async #lookInTurn(): Promise<Look> {
    const isDue = this.clock.monotonicMs() >= this.#nextListMs;
    return isDue ? await this.look() : await this.lookBy((observer) => observer.lookAtRestless());
  }

  override async look(): Promise<Look> {
    this.#nextListMs = this.clock.monotonicMs() + LIST_INTERVAL_SECONDS * 1000;
    return await super.look();
  }

  async #openAccount(account: AccountChoices): Promise<void> {
    this.fake = await startEc2(this.clock, account);
    this.#sender = this.#openClients();
  }

  /** The recorder and the history name the installation. */
  #openClients(): Sender {
    return openClients({
      region,
      endpoint: this.fake.url,
      credentials: { accessKeyId: this.installationId, secretAccessKey: 'secret' },
    });
  }

  /** Ours that are not terminated, in the order of their launches, hidden ones included. */
  instances(): readonly InstanceSnapshot[] {
    return this.fake
      .instances()
      .filter((one) => one.launchedBy === this.installationId && one.state !== 'terminated');
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await this.fake[Symbol.asyncDispose]();
  }
}

async function startEc2(clock: VirtualClock, account: AccountChoices): Promise<FakeEc2> {
  return await FakeEc2.start({ ...USUAL_TIMES, ...account, clock });
}
