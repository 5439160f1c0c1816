import type { Clock } from '../../lib/clock.ts';
import { Problem } from '../problem.ts';
import { TokenBuckets } from './token-buckets.ts';

/** An agent beats twice a minute and asks now and then; ten a second is a loop that went wrong. */
const LIMITS = { perSecond: 10, burst: 30 };
/** Several times the agents of a large installation (10,000), at about 0.2 kB each. */
const MAX_TOKENS = 50_000;
const MAX_ADDRESSES = 10_000;

/** Who asks: the SHA-256 of its token, and where the connection comes from. */
export interface Asker {
  readonly tokenHash: string;
  readonly address: string;
}

/**
 * Limits of the rate of requests. A token that was found good has its own; guessed tokens share that of their address, and
 * only refusals count there, so that 10,000 agents behind one address may all begin at once.
 */
export class Admission {
  readonly #tokens: TokenBuckets;
  readonly #addresses: TokenBuckets;

  constructor(clock: Clock) {
    this.#tokens = new TokenBuckets({ ...LIMITS, maxKeys: MAX_TOKENS }, clock);
    this.#addresses = new TokenBuckets({ ...LIMITS, maxKeys: MAX_ADDRESSES }, clock);
  }

  /** Throws a `Problem` with 429 for one that asks too often. */
  admit({ tokenHash, address }: Asker): void {
    const isGood = this.#tokens.has(tokenHash);
    const waitSeconds = isGood
      ? this.#tokens.waitSeconds(tokenHash)
      : this.#addresses.waitSeconds(address);
    if (waitSeconds > 0) {
      const headers = { 'retry-after': String(Math.ceil(waitSeconds)) };
      throw new Problem(429, 'RateLimited', 'too many requests; ask again later', { headers });
    }
    if (isGood) {
      this.#tokens.take(tokenHash);
    }
  }

  /** To be told what became of each token that was admitted. */
  settle({ tokenHash, address }: Asker, isGood: boolean): void {
    if (!isGood) {
      this.#tokens.forget(tokenHash);
      this.#addresses.take(address);
    } else if (!this.#tokens.has(tokenHash)) {
      this.#tokens.take(tokenHash);
    }
  }
}
