import { setImmediate } from 'node:timers/promises';
import type { Instance } from '../../backends/backend.ts';
import type { SecretReader } from '../../sources/source.ts';
import { comparison } from '../../controllers/workspace/resync.ts';
import type { AnswerOf } from '../../controllers/workspace/external-agent.ts';
import type { Fleet } from '../../controllers/fleet.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Db } from '../../store/db.ts';
import {
  listClassVersions,
  listParents,
  settledPages,
  type SettledRow,
} from '../../store/settled-rows.ts';

export interface ResyncOptions {
  readonly db: Db;
  readonly fleet: Fleet;
  readonly hasBackend: (key: string) => boolean;
  readonly isAnswering: (instance: Instance) => boolean | undefined;
  readonly answerOf: AnswerOf;
  /** As in `ResyncInput` of controllers/workspace/resync.ts. */
  readonly decidedBy: string;
  readonly waitedBy: string;
  readonly secrets: SecretReader;
  readonly onDiffering: (uids: readonly string[]) => void;
  readonly clock: Clock;
}

/** Hints may be lost; within this time every record is compared with the fleet again. */
const INTERVAL_SECONDS = 30;
/** Hints that ask for everything come in bursts, one per statement of an import. */
const SHORTEST_GAP_MS = 200;
/** Records that are compared in one go: some 3 ms. Where nobody waits for it, no more are read in one go either. */
const SLICE = 500;
/** Lets heartbeats pass before the next are read. */
const PAUSE_MS = 50;
/** A backend that is away must not keep the others from being reconciled for longer than this. */
const FIRST_LOOK_SECONDS = 10;

/** Compares all records with the fleet at every interval, at leisure, and soon and at once when asked. */
export class Resync {
  readonly #options: ResyncOptions;
  /** Aborted when somebody waits for the next comparison. */
  #wake = new AbortController();
  #hasCompared = false;

  constructor(options: ResyncOptions) {
    this.#options = options;
  }

  /** Whether every record was compared with the fleet at least once. */
  get hasCompared(): boolean {
    return this.#hasCompared;
  }

  /** Compares before the next interval. */
  soon(): void {
    this.#wake.abort();
  }

  /** Runs until `stop` is aborted. Throws what the store throws. */
  async run(stop: AbortSignal, tick: () => void): Promise<void> {
    const { clock } = this.#options;
    await this.#waitForFirstLooks(stop);
    while (!stop.aborted) {
      const isAwaited = !this.#hasCompared || this.#wake.signal.aborted;
      this.#wake = new AbortController();
      await (isAwaited ? this.once() : this.#compare(this.#slowPages(stop)));
      tick();
      await clock.sleep(SHORTEST_GAP_MS, stop);
      await this.#sleep(INTERVAL_SECONDS * 1000, stop);
    }
  }

  /** One comparison, as fast as it can be. */
  async once(): Promise<readonly string[]> {
    return await this.#compare(settledPages(this.#options.db));
  }

  async *#slowPages(stop: AbortSignal): AsyncGenerator<readonly SettledRow[]> {
    for await (const rows of settledPages(this.#options.db, SLICE)) {
      yield rows;
      await this.#sleep(PAUSE_MS, stop);
    }
  }

  /** The fleet is taken first, the rows are read second. Answers the uids for which a pass could have something to do. */
  async #compare(pages: AsyncIterable<readonly SettledRow[]>): Promise<readonly string[]> {
    const { db, fleet, onDiffering } = this.#options;
    const snapshot = fleet.snapshot();
    const [parents, classes] = await Promise.all([listParents(db), listClassVersions(db)]);
    const secrets = this.#options.secrets.snapshot();
    const isDiffering = comparison({ ...this.#options, secrets, parents, classes, snapshot });
    const uids: string[] = [];
    for await (const rows of pages) {
      for (let from = 0; from < rows.length; from += SLICE) {
        const slice = rows.slice(from, from + SLICE);
        uids.push(...slice.filter(isDiffering).map(({ uid }) => uid));
        // Ten thousand at once would hold up every heartbeat for a tenth of a second.
        await setImmediate();
      }
    }
    onDiffering(uids);
    this.#hasCompared = true;
    return uids;
  }

  /** Shorter when somebody waits for the next comparison. */
  async #sleep(milliseconds: number, stop: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    await clock.sleep(milliseconds, AbortSignal.any([stop, this.#wake.signal]));
  }

  /** Before the first lists everything is unknown, and every record would look different. */
  async #waitForFirstLooks(stop: AbortSignal): Promise<void> {
    const { fleet, clock } = this.#options;
    for (let waitedMs = 0; waitedMs < FIRST_LOOK_SECONDS * 1000 && !stop.aborted; waitedMs += 50) {
      if (fleet.backendKeys().every((key) => fleet.hasLookedAt(key))) {
        return;
      }
      await clock.sleep(50, stop);
    }
  }
}
