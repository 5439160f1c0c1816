import type { Instance } from '../../backends/backend.ts';
import type { SecretReader } from '../../sources/source.ts';
import { comparison } from '../../controllers/workspace/resync.ts';
import type { AnswerOf } from '../../controllers/workspace/external-agent.ts';
import type { Fleet } from '../../controllers/fleet.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Db } from '../../store/db.ts';
import { listClassVersions, listParents, settledPages } from '../../store/settled-rows.ts';

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
/** A backend that is away must not keep the others from being reconciled for longer than this. */
const FIRST_LOOK_SECONDS = 10;

/** Compares all records with the fleet at every interval, and soon when asked. */
export class Resync {
  readonly #options: ResyncOptions;
  #wake = Promise.withResolvers<undefined>();
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
    this.#wake.resolve(undefined);
  }

  /** Runs until `stop` is aborted. Throws what the store throws. */
  async run(stop: AbortSignal, tick: () => void): Promise<void> {
    const { clock } = this.#options;
    await this.#waitForFirstLooks(stop);
    while (!stop.aborted) {
      this.#wake = Promise.withResolvers<undefined>();
      await this.once();
      tick();
      await clock.sleep(SHORTEST_GAP_MS, stop);
      const pause = new AbortController();
      const rest = clock.sleep(INTERVAL_SECONDS * 1000, AbortSignal.any([stop, pause.signal]));
      await Promise.race([rest, this.#wake.promise]);
      pause.abort();
    }
  }

  /** One comparison. The fleet is taken first, the rows are read second, a page at a time: heartbeats come in between. */
  async once(): Promise<readonly string[]> {
    const { db, fleet, onDiffering } = this.#options;
    const snapshot = fleet.snapshot();
    const [parents, classes] = await Promise.all([listParents(db), listClassVersions(db)]);
    const secrets = this.#options.secrets.snapshot();
    const isDiffering = comparison({ ...this.#options, secrets, parents, classes, snapshot });
    const uids: string[] = [];
    for await (const rows of settledPages(db)) {
      uids.push(...rows.filter(isDiffering).map(({ uid }) => uid));
    }
    onDiffering(uids);
    this.#hasCompared = true;
    return uids;
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
