import type { MonotonicClock } from '../../lib/clock.ts';
import type { CallPriority } from '../backend.ts';
import type { TokenBucket } from './token-bucket.ts';

/** One place in a line; worth one token. */
export interface Turn {
  readonly key: string;
  readonly priority: CallPriority;
  /** Its place: turns come in the order of asking. */
  readonly rank: number;
  readonly sinceMs: number;
  /** When whoever asked was told to come back. */
  dueMs: number;
  /** Its token was there when it was asked for, so it does not wait for a lump any more. */
  isOpen: boolean;
}

/**
 * Seconds for which a turn that came is kept. A pass that renders a bundle and commits an intent takes a second at most;
 * whoever comes later finds his place, but nobody waits for him.
 */
const KEPT_SECONDS = 5;
/** A place is forgotten after this; who comes back later stands in line anew. */
const FORGOTTEN_SECONDS = 600;

/** Those who wait for the tokens of one bucket. Places are counted by going through the line: some thousand at most. */
export class Line {
  readonly bucket: TokenBucket;
  readonly #clock: MonotonicClock;
  readonly #lump: number;
  readonly #turns = new Map<string, Turn>();
  #ranks = 0;

  /** @param lump turns that come together once the bucket is empty */
  constructor(bucket: TokenBucket, clock: MonotonicClock, lump = 1) {
    this.bucket = bucket;
    this.#clock = clock;
    this.#lump = lump;
  }

  /** Turns that are taken and not used yet. */
  get waiting(): number {
    return [...this.#turns.values()].filter((turn) => !this.#isLate(turn)).length;
  }

  /** Gives each key a place, if it has none. */
  join(keys: readonly string[], priority: CallPriority): void {
    const nowMs = this.#clock.monotonicMs();
    for (const key of keys.filter((one) => !this.#turns.has(one))) {
      const rank = (this.#ranks += 1);
      this.#turns.set(key, { key, priority, rank, sinceMs: nowMs, dueMs: nowMs, isOpen: false });
    }
  }

  /** Seconds until all of these have their turn; 0: now. Each of them must have a place. */
  secondsUntil(keys: readonly string[]): number {
    const nowMs = this.#clock.monotonicMs();
    const turns = keys.flatMap((key) => this.#turns.get(key) ?? []);
    for (const turn of turns) {
      turn.dueMs = Math.max(turn.dueMs, nowMs);
    }
    const last = turns.reduce<Turn | undefined>(
      (later, turn) => (later !== undefined && isAhead(turn, later) ? later : turn),
      undefined,
    );
    return last === undefined ? 0 : this.#secondsUntilTurn(last);
  }

  /** Each of these comes back in so many seconds: until then, and a little longer, its place is kept. */
  expect(keys: readonly string[], seconds: number): void {
    const dueMs = this.#clock.monotonicMs() + seconds * 1000;
    for (const turn of keys.flatMap((key) => this.#turns.get(key) ?? [])) {
      turn.dueMs = dueMs;
    }
  }

  /** Gives the places of these keys up. */
  leave(keys: readonly string[]): void {
    for (const key of keys) {
      this.#turns.delete(key);
    }
  }

  /** Takes the tokens of these keys and ends their places; answers them for `giveBack`. */
  use(keys: readonly string[]): readonly Turn[] {
    this.#forgetTheLost();
    const used = keys.flatMap((key) => this.#turns.get(key) ?? []);
    this.leave(keys);
    this.bucket.take(used.length);
    return used;
  }

  /** The call was refused: each gets the place back that it had, and nobody's turn has come any more. */
  giveBack(turns: readonly Turn[]): void {
    for (const turn of turns) {
      this.#turns.set(turn.key, turn);
    }
    for (const turn of this.#turns.values()) {
      turn.isOpen = false;
    }
  }

  #secondsUntilTurn(turn: Turn): number {
    const present = [...this.#turns.values()].filter((one) => one === turn || !this.#isLate(one));
    const ahead = present.filter((one) => isAhead(one, turn));
    if (turn.isOpen || this.#lump === 1) {
      return this.bucket.secondsUntil(ahead.length + 1);
    }
    return this.#secondsUntilLump(present, ahead);
  }

  /** A lump has come when there are tokens for all of it, or for everybody who waits. */
  #secondsUntilLump(present: readonly Turn[], ahead: readonly Turn[]): number {
    const waiting = present.filter((one) => !one.isOpen).sort(byPlace);
    const waitingAhead = ahead.filter((one) => !one.isOpen).length;
    const end = (Math.floor(waitingAhead / this.#lump) + 1) * this.#lump;
    const lump = waiting.slice(0, end);
    const open = present.length - waiting.length;
    const seconds = this.bucket.secondsUntil(open + lump.length);
    for (const turn of seconds === 0 ? lump : []) {
      turn.isOpen = true;
    }
    return seconds;
  }

  #isLate({ dueMs }: Turn): boolean {
    return this.#clock.monotonicMs() > dueMs + KEPT_SECONDS * 1000;
  }

  #forgetTheLost(): void {
    const lostMs = this.#clock.monotonicMs() - FORGOTTEN_SECONDS * 1000;
    for (const { key, dueMs } of this.#turns.values()) {
      if (dueMs < lostMs) {
        this.#turns.delete(key);
      }
    }
  }
}

function isAhead(one: Turn, other: Turn): boolean {
  return byPlace(one, other) < 0;
}

function byPlace(one: Turn, other: Turn): number {
  return one.priority === other.priority ? one.rank - other.rank : one.priority === 'user' ? -1 : 1;
}
