/** A token bucket of the account: what may come at once, and what comes back. */
export interface BucketSize {
  readonly burst: number;
  readonly refillPerSecond: number;
}

interface Level {
  /** Thousandths, so that milliseconds and tokens stay whole numbers. */
  thousandths: number;
  at: number;
}

/**
 * The buckets of one kind, shared by everybody in the account. A neighbour who takes a share of every bucket leaves the
 * rest: of the burst and of what comes back.
 */
export class Buckets<Name extends string> {
  readonly #sizes: Readonly<Record<Name, BucketSize>>;
  readonly #levels = new Map<Name, Level>();

  constructor(sizes: Readonly<Record<Name, BucketSize>>) {
    this.#sizes = sizes;
  }

  /** False when fewer than `tokens` are left at `now` (milliseconds), and then takes none. */
  take(name: Name, tokens: number, { now, share }: { now: number; share: number }): boolean {
    const level = this.#refill(name, now, share);
    if (level.thousandths < tokens * 1000) {
      return false;
    }
    level.thousandths -= tokens * 1000;
    return true;
  }

  /** Whole tokens left in each bucket. */
  levels({ now, share }: { now: number; share: number }): Readonly<Record<string, number>> {
    const names = Object.keys(this.#sizes) as Name[];
    return Object.fromEntries(
      names.map((name) => [name, Math.floor(this.#refill(name, now, share).thousandths / 1000)]),
    );
  }

  #refill(name: Name, now: number, share: number): Level {
    const { burst, refillPerSecond } = this.#sizes[name];
    const full = Math.round(burst * 1000 * (1 - share));
    const level = this.#levels.get(name) ?? { thousandths: full, at: now };
    // A token a second is a thousandth a millisecond.
    const arrived = (now - level.at) * refillPerSecond * (1 - share);
    level.thousandths = Math.min(level.thousandths + arrived, full);
    level.at = now;
    this.#levels.set(name, level);
    return level;
  }
}
