import type { Leadership, LeaseStore } from '../../runtime/leader-election.ts';
import type { VirtualClock } from '../support/virtual-clock.ts';

/** A lease in memory, with the ways in which a database can fail. */
export class FakeLeaseStore implements LeaseStore {
  readonly #clock: VirtualClock;
  readonly #stored = { epoch: 0, holder: '', renewedMs: 0 };
  #answer: 'normal' | 'error' | 'silence' = 'normal';

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  get holder(): string {
    return this.#stored.holder;
  }

  /** From now on every call works, fails, or is never answered. */
  behave(answer: 'normal' | 'error' | 'silence'): void {
    this.#answer = answer;
  }

  async acquire(holder: string, leaseSeconds: number): Promise<Leadership | undefined> {
    await this.#fail();
    const ageMs = this.#clock.monotonicMs() - this.#stored.renewedMs;
    if (this.#stored.holder !== '' && ageMs <= leaseSeconds * 1000) {
      return undefined;
    }
    this.#stored.epoch += 1;
    this.#stored.holder = holder;
    this.#stored.renewedMs = this.#clock.monotonicMs();
    return { epoch: this.#stored.epoch, holder };
  }

  async renew({ epoch, holder }: Leadership): Promise<boolean> {
    await this.#fail();
    if (epoch !== this.#stored.epoch || holder !== this.#stored.holder) {
      return false;
    }
    this.#stored.renewedMs = this.#clock.monotonicMs();
    return true;
  }

  async release({ epoch }: Leadership): Promise<void> {
    await this.#fail();
    this.#stored.holder = epoch === this.#stored.epoch ? '' : this.#stored.holder;
  }

  async #fail(): Promise<void> {
    if (this.#answer === 'error') {
      throw new Error('connection refused');
    }
    if (this.#answer === 'silence') {
      await new Promise(() => undefined);
    }
  }
}
