import type { MonotonicClock } from '../../lib/clock.ts';
import type { CallPriority } from '../backend.ts';
import type { TokenBucket } from './token-bucket.ts';

/** One place in a line; worth one token. */
export interface Turn {
  readonly key: string;
  /** Its place: turns come in the order of asking, all of `background` behind all others. */
  readonly rank: number;
  readonly sinceMs: number;
  /** When whoever asked was told to come back. */
  dueMs: number;
  /** Its token was there when it was asked for. Until it is late, nobody goes before it any more, and it waits for no lump. */
  isOpen: boolean;
}

/**
 * Seconds for which a turn that came is kept. A pass that renders a bundle and commits an intent takes a second at most;
 * whoever comes later finds his place, but nobody waits for him.
 */
const KEPT_SECONDS = 5;
/** A place is forgotten after this; who comes back later stands in line anew. */
const FORGOTTEN_SECONDS = 600;
/** More than there will ever be turns. */
const BEHIND_ALL = 1e12;

/** How many stand in a line, seen from one place in it. Those whose turn has come are open, the others wait. */
interface Census {
  readonly open: number;
  readonly openAhead: number;
  readonly waiting: number;
  readonly waitingAhead: number;
}

/** Those who wait for the tokens of one bucket. Places are counted by going through the line: some thousand at most. */
export class Line {
  readonly bucket: TokenBucket;
  readonly #clock: MonotonicClock;
  readonly #lump: number;
  readonly #turns = new Map<string, Turn>();
  #asked = 0;

  /** @param lump turns that come together once the bucket is empty */
  constructor(bucket: TokenBucket, clock: MonotonicClock, lump = 1) {
    this.bucket = bucket;
    this.#clock = clock;
    this.#lump = lump;
  }

  /** Turns that are taken and not used yet. */
  get waiting(): number {
    const since = this.#lateMs();
    return [...this.#turns.values()].filter(({ dueMs }) => dueMs >= since).length;
  }

  /** Gives each key a place, if it has none. */
  join(keys: readonly string[], priority: CallPriority): void {
    const nowMs = this.#clock.monotonicMs();
    for (const key of keys.filter((one) => !this.#turns.has(one))) {
      this.#asked += 1;
      const rank = this.#asked + (priority === 'user' ? 0 : BEHIND_ALL);
      this.#turns.set(key, { key, rank, sinceMs: nowMs, dueMs: nowMs, isOpen: false });
    }
  }

  /**
   * Seconds until all of these have their turn; 0: now. Throws `TypeError` when none has a place. More than the bucket ever
   * holds get it when it is full.
   */
  secondsUntil(keys: readonly string[]): number {
    const turns = this.#turnsOf(keys);
    for (const turn of turns) {
      turn.isOpen &&= turn.dueMs >= this.#lateMs();
      turn.dueMs = Math.max(turn.dueMs, this.#clock.monotonicMs());
    }
    const last = turns.reduce((later, turn) => (turn.rank < later.rank ? later : turn));
    return this.#secondsUntilTurn(last, Math.max(turns.length - this.bucket.capacity, 0));
  }

  /** Each of these comes back in so many seconds: until then, and a little longer, its place is kept. */
  expect(keys: readonly string[], seconds: number): void {
    const dueMs = this.#clock.monotonicMs() + seconds * 1000;
    for (const turn of this.#turnsOf(keys)) {
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
    const used = this.#turnsOf(keys);
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

  #turnsOf(keys: readonly string[]): readonly Turn[] {
    return keys.flatMap((key) => this.#turns.get(key) ?? []);
  }

  #secondsUntilTurn(turn: Turn, excess: number): number {
    const census = this.#count(turn);
    return turn.isOpen
      ? this.bucket.secondsUntil(census.openAhead + 1 - excess)
      : this.#secondsUntilLump(census, excess);
  }

  /** Who is not late. Called for every ask of every key in a long line, so no list is made. */
  #count(turn: Turn): Census {
    const since = this.#lateMs();
    const census = { open: 0, openAhead: 0, waiting: 0, waitingAhead: 0 };
    for (const { rank, dueMs, isOpen } of this.#turns.values()) {
      if (dueMs >= since) {
        const isAhead = rank < turn.rank ? 1 : 0;
        census[isOpen ? 'open' : 'waiting'] += 1;
        census[isOpen ? 'openAhead' : 'waitingAhead'] += isAhead;
      }
    }
    return census;
  }

  /** A lump has come when there are tokens for all of it, or for everybody who waits. */
  #secondsUntilLump({ open, waiting, waitingAhead }: Census, excess: number): number {
    const size = Math.min(this.#lump, Math.floor(this.bucket.capacity));
    const end = Math.min((Math.floor(waitingAhead / size) + 1) * size, waiting);
    const seconds = this.bucket.secondsUntil(open + end - excess);
    if (seconds === 0) {
      this.#openFirst(end);
    }
    return seconds;
  }

  /** The turns of so many who wait have come. */
  #openFirst(count: number): void {
    const since = this.#lateMs();
    const waiting = [...this.#turns.values()].filter((one) => one.dueMs >= since && !one.isOpen);
    for (const one of waiting.sort((a, b) => a.rank - b.rank).slice(0, count)) {
      one.isOpen = true;
    }
  }

  /** Who should have come before this is late. */
  #lateMs(): number {
    return this.#clock.monotonicMs() - KEPT_SECONDS * 1000;
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
