import { createFakeBackend, type FakeBackend } from '../fakes/fake-backend.ts';
import type { FakeProviderOptions } from '../fakes/provider-state.ts';
import { createTimedDatabase, LeaderHarness, type LeaderHarnessOptions } from './leader-harness.ts';
import { INSTALLATION_ID, type LeaderChoices } from './leader-process.ts';
import { mortalBackend } from './mortal-backend.ts';
import type { TestDatabase } from './postgres.ts';
import { emptyDatabase } from './rows.ts';

export type { Look } from './leader-harness.ts';

export type ProviderChoices = Partial<Omit<FakeProviderOptions, 'clock'>>;

interface HarnessChoices extends LeaderChoices {
  /** Names of the backends that are configured; each is the fake one. Default: process. */
  readonly backendNames?: readonly string[];
}

export interface HarnessOptions
  extends ProviderChoices, Omit<LeaderHarnessOptions, 'clock'>, HarnessChoices {}

/** A harness on the fake backend. */
export class Harness extends LeaderHarness {
  /** What the current leader works with; `backend.another()` makes that of the next one. */
  backend: FakeBackend;
  readonly #choices: HarnessOptions;

  static async start(options: HarnessOptions = {}): Promise<Harness> {
    const harness = new Harness(await createTimedDatabase(), options);
    await harness.lead();
    return harness;
  }

  private constructor(database: TestDatabase, options: HarnessOptions) {
    super(database, options);
    this.#choices = options;
    this.backend = this.#newBackend({});
  }

  #newBackend(choices: ProviderChoices): FakeBackend {
    return createFakeBackend({
      settleSeconds: 0,
      callLifetimeSeconds: 30,
      installationId: INSTALLATION_ID,
      ...this.#choices,
      ...choices,
      clock: this.clock,
    });
  }

  protected override quietMs(): number {
    return this.backend.provider.quietMs;
  }

  /** A new leader takes over, as when the lease of the one before has ended: that one stands still, and is not asked. */
  async lead(backend = this.backend, choices: HarnessChoices = {}): Promise<void> {
    const { backendNames = ['process'] } = { ...this.#choices, ...choices };
    this.backend = backend;
    await this.startLeader(
      ({ life }) => new Map(backendNames.map((key) => [key, mortalBackend(backend, life)])),
      choices,
    );
  }

  /** A crash, and the start after it. */
  async restart(choices: HarnessChoices = {}): Promise<void> {
    await this.process.kill();
    await this.lead(this.backend.another(), choices);
  }

  /** An empty database, an empty account, and a new leader: far cheaper than another harness. */
  async reset(choices: ProviderChoices = {}): Promise<void> {
    await this.kill();
    await emptyDatabase(this.db);
    await this.lead(this.#newBackend(choices));
  }

  /** Every instance that runs or is on its way. */
  instances() {
    return this.backend.provider.liveInstances();
  }
}
