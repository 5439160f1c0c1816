import { openClients } from '../../backends/ec2/clients.ts';
import { Ec2Backend } from '../../backends/ec2/ec2-backend.ts';
import { SETTLE_SECONDS, CALL_LIFETIME_SECONDS } from '../../backends/ec2/limits.ts';
import type { Sender } from '../../backends/ec2/requests.ts';
import { FakeEc2, type FakeEc2Options } from '../fakes/ec2/fake-ec2.ts';
import { DEFAULT_CATALOGUE } from '../fakes/ec2/model/catalogue.ts';
import type { InstanceSnapshot } from '../fakes/ec2/snapshot.ts';
import { createTimedDatabase, LeaderHarness, type LeaderHarnessOptions } from './leader-harness.ts';
import { INSTALLATION_ID, type LeaderChoices } from './leader-process.ts';
import { mortalSender } from './mortal-sender.ts';
import type { TestDatabase } from './postgres.ts';
import { TEST_KEY } from './provisioning.ts';
import { emptyDatabase } from './rows.ts';
import type { VirtualClock } from './virtual-clock.ts';

const { region } = DEFAULT_CATALOGUE;
const ACCESS_KEY = 'treeline';

type AccountChoices = Omit<FakeEc2Options, 'clock' | 'port'>;

export interface Ec2HarnessOptions extends LeaderHarnessOptions {
  /** Default: an account in which nothing goes wrong, with times as EC2 has them. */
  readonly account?: AccountChoices;
}

/** Seconds that EC2 takes as a rule. */
const USUAL_TIMES = { pendingSeconds: 8, stoppingSeconds: 15, shuttingDownSeconds: 10 };

/**
 * A harness on the fake EC2: each leader has an `Ec2Backend` of its own, over the wire. Calls wait on virtual time for their
 * turns and for others to go with them; the answers are real I/O and take no time.
 */
export class Ec2Harness extends LeaderHarness {
  fake: FakeEc2;
  #sender: Sender;
  /** As the observer looks at what is on the move. */
  protected override readonly lookSeconds = 10;
  protected override readonly standstillSeconds = 2 * (CALL_LIFETIME_SECONDS + SETTLE_SECONDS);

  static async start({ account = {}, ...options }: Ec2HarnessOptions = {}): Promise<Ec2Harness> {
    const harness = new Ec2Harness(await createTimedDatabase(), options);
    await harness.#openAccount(account);
    await harness.lead();
    return harness;
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
              installationId: INSTALLATION_ID,
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

  async #openAccount(account: AccountChoices): Promise<void> {
    this.fake = await startEc2(this.clock, account);
    this.#sender = openClients({
      region,
      endpoint: this.fake.url,
      credentials: { accessKeyId: ACCESS_KEY, secretAccessKey: 'secret' },
    });
  }

  /** Ours that are not terminated, in the order of their launches, hidden ones included. */
  instances(): readonly InstanceSnapshot[] {
    return this.fake
      .instances()
      .filter(({ launchedBy, state }) => launchedBy === ACCESS_KEY && state !== 'terminated');
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await this.fake[Symbol.asyncDispose]();
  }
}

async function startEc2(clock: VirtualClock, account: AccountChoices): Promise<FakeEc2> {
  return await FakeEc2.start({ ...USUAL_TIMES, ...account, clock });
}
