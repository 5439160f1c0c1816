import type { Backend, Instance } from '../backends/backend.ts';
import { ReconcileError, UnknownOutcomeError } from '../lib/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Fleet } from './fleet.ts';

export interface ObserverOptions {
  /** Key of the backend. */
  readonly key: string;
  readonly backend: Pick<Backend, 'list' | 'listWorkspaces'>;
  readonly fleet: Fleet;
  readonly intervalSeconds: number;
  /** Told of the workspaces that the list says something new about. */
  readonly onChange: (uids: readonly string[]) => void;
  /** Told of the first list, with which every record is to be compared. */
  readonly onFirstList: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Lists asked for by calls in quick succession are at least this far apart, so that launching a thousand instances
 * does not cost a thousand lists.
 */
const SHORTEST_GAP_MS = 100;
/**
 * A backend that can be asked about a few workspaces is asked so many times per interval about those on the move: with a
 * list every 30 s (ec2.md) that is every 10 s.
 */
const PARTS_PER_INTERVAL = 3;
/** Nor do calls make it spend more than a tenth of the time on lists, however many instances there are. */
const GAP_PER_LIST = 9;

/** Lists one backend every interval, and soon after each call, and keeps the fleet up to date. */
export class Observer {
  /** Key of its backend. */
  readonly key: string;
  /** Between two complete lists. */
  readonly intervalSeconds: number;
  readonly #options: ObserverOptions;
  #wake = Promise.withResolvers<undefined>();
  #isHealthy = true;

  constructor(options: ObserverOptions) {
    this.key = options.key;
    this.intervalSeconds = options.intervalSeconds;
    this.#options = options;
    options.fleet.addBackend(options.key, options.intervalSeconds);
  }

  /** Lists before the next interval. */
  lookSoon(): void {
    this.#wake.resolve(undefined);
  }

  /** Runs until `stop` is aborted. */
  async run(stop: AbortSignal, tick: () => void): Promise<void> {
    await (this.#options.backend.listWorkspaces === undefined
      ? this.#runPromptly(stop, tick)
      : this.#runSparingly(stop, tick));
  }

  /** Lists cost something: one in each interval, and in between only of what is on the move. */
  async #runSparingly(stop: AbortSignal, tick: () => void): Promise<void> {
    const { clock, intervalSeconds } = this.#options;
    for (let turn = 0; !stop.aborted; turn += 1) {
      await (turn % PARTS_PER_INTERVAL === 0 ? this.look() : this.lookAtRestless());
      tick();
      await clock.sleep((intervalSeconds * 1000) / PARTS_PER_INTERVAL, stop);
    }
  }

  /** Lists cost nothing: one in each interval, soon after each call, and again as long as something is on its way. */
  async #runPromptly(stop: AbortSignal, tick: () => void): Promise<void> {
    const { clock, intervalSeconds } = this.#options;
    while (!stop.aborted) {
      this.#wake = Promise.withResolvers<undefined>();
      const startedMs = clock.now().getTime();
      await this.look();
      tick();
      const listMs = clock.now().getTime() - startedMs;
      const gapMs = Math.max(SHORTEST_GAP_MS, listMs * GAP_PER_LIST);
      const restMs = Math.max(0, intervalSeconds * 1000 - gapMs);
      await clock.sleep(Math.min(gapMs, intervalSeconds * 1000), stop);
      if (!this.#seesMovement()) {
        await this.#rest(restMs, stop);
      }
    }
  }

  /** A restart waits until its instance is seen stopped. While lists fail, they say nothing sooner. */
  #seesMovement(): boolean {
    const { fleet, key } = this.#options;
    return this.#isHealthy && fleet.restless(key).length > 0;
  }

  async #rest(milliseconds: number, stop: AbortSignal): Promise<void> {
    const pause = new AbortController();
    const signal = AbortSignal.any([stop, pause.signal]);
    await Promise.race([this.#options.clock.sleep(milliseconds, signal), this.#wake.promise]);
    pause.abort();
  }

  /** One list. A failure is kept as the state of the backend and told once; it never throws. */
  async look(): Promise<void> {
    const { key, backend, fleet, clock } = this.#options;
    const startedAt = clock.now();
    try {
      this.#store(startedAt, await backend.list());
      this.#tell(undefined);
    } catch (error) {
      const known = toReconcileError(error);
      fleet.storeFailure(key, known);
      this.#tell(known);
    }
  }

  /** One list of the workspaces that are on the move, if there are any. A failure is left to the next whole list to tell; it never throws. */
  async lookAtRestless(): Promise<void> {
    const { key, backend, fleet, clock, onChange } = this.#options;
    const uids = fleet.restless(key);
    const startedAt = clock.now();
    if (uids.length === 0) {
      return;
    }
    const instances = await backend.listWorkspaces?.(uids).catch(() => undefined);
    if (instances !== undefined) {
      onChange([...fleet.storePart(key, { uids, startedAt, instances })]);
    }
  }

  #store(startedAt: Date, instances: readonly Instance[]): void {
    const { key, fleet, onChange, onFirstList } = this.#options;
    const isFirst = fleet.stateOf(key)?.list === undefined;
    const changed = fleet.storeList(key, startedAt, instances);
    if (isFirst) {
      onFirstList();
    } else if (changed.size > 0) {
      onChange([...changed]);
    }
  }

  /** One line when the backend is lost and one when it is back, however long it takes. */
  #tell(error: ReconcileError | undefined): void {
    const { log, key } = this.#options;
    const isHealthy = error === undefined;
    if (isHealthy === this.#isHealthy) {
      return;
    }
    this.#isHealthy = isHealthy;
    if (isHealthy) {
      log.info({ backend: key }, 'backend can be listed again');
    } else {
      log.warn({ backend: key, error: error.message }, 'backend cannot be listed');
    }
  }
}

function toReconcileError(error: unknown): ReconcileError {
  return error instanceof ReconcileError
    ? error
    : new UnknownOutcomeError('listing instances', { cause: error, reason: 'StatusUnknown' });
}
