import { SupervisedLoop, type Loop, type Supervision } from './supervised-loop.ts';
import { withDeadline } from './with-deadline.ts';

export interface ManagerOptions extends Supervision {
  /** How long `stop` waits for all loops together. */
  readonly stopDeadlineSeconds?: number;
}

/** Kubernetes kills 30 s after SIGTERM; the rest is for closing connections and the database. */
const STOP_DEADLINE_SECONDS = 25;

/**
 * Runs the loops of the process and knows how each is. Loops are added first, then started in the order of adding:
 * those that need leadership when this process is elected. They are stopped in the reverse order of their start.
 */
export class Manager {
  readonly #options: ManagerOptions;
  readonly #added: Loop[] = [];
  readonly #running: SupervisedLoop[] = [];
  #stopped: Promise<boolean> | undefined;

  constructor(options: ManagerOptions) {
    this.#options = options;
  }

  /** To be called before `start`. Throws when the name is taken. */
  addLoop(loop: Loop): void {
    if (this.#added.some(({ name }) => name === loop.name)) {
      throw new Error(`adding loop: the name ${loop.name} is taken`);
    }
    this.#added.push(loop);
  }

  /** Starts the loops that need no leadership. */
  start(): void {
    this.#startAll((loop) => loop.needsLeadership !== true);
  }

  /** Starts the loops that need leadership; to be called once, when this process is elected. */
  startLeading(): void {
    this.#startAll((loop) => loop.needsLeadership === true);
  }

  /** Seconds since the last tick of each loop that was started, by its name. */
  ages(): ReadonlyMap<string, number> {
    return new Map(this.#running.map(({ loop, ageSeconds }) => [loop.name, ageSeconds]));
  }

  /** Names of the loops that have not ticked for longer than they may; not ready while there is one. */
  staleLoops(): readonly string[] {
    return this.#running.filter(({ isStale }) => isStale).map(({ loop }) => loop.name);
  }

  /**
   * Stops one loop after another, the last started first; true when all have ended in time. At the deadline the
   * rest is left as it is, since the process is about to exit: the elector, which started first, must not hand on
   * a lease under which a step may still be in hand. That lease runs out by itself.
   */
  stop(): Promise<boolean> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  #startAll(isMeant: (loop: Loop) => boolean): void {
    if (this.#stopped !== undefined) {
      return;
    }
    const supervised = this.#added
      .filter(isMeant)
      .map((loop) => new SupervisedLoop(loop, this.#options));
    this.#running.push(...supervised);
  }

  async #stopAll(): Promise<boolean> {
    const { clock, log, stopDeadlineSeconds = STOP_DEADLINE_SECONDS } = this.#options;
    const deadlineMs = clock.monotonicMs() + stopDeadlineSeconds * 1000;
    for (const running of this.#running.toReversed()) {
      const seconds = (deadlineMs - clock.monotonicMs()) / 1000;
      const hasEnded = await withDeadline(running.stop(), { clock, seconds });
      if (hasEnded === undefined) {
        log.error({ loop: running.loop.name }, 'loop did not stop in time');
        return false;
      }
    }
    return true;
  }
}
