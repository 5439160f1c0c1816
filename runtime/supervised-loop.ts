import { backoffSeconds } from '../lib/backoff.ts';
import type { MonotonicClock } from '../lib/clock.ts';
import { ReconcileError } from '../lib/errors.ts';
import type { Logger } from '../lib/logger.ts';

export interface Loop {
  /** Unique; a label of the metric `treeline_loop_age_seconds`. */
  readonly name: string;
  /**
   * Runs until `signal` is aborted, then finishes what it has in hand and resolves. Calls `tick` whenever it has seen
   * that it is well. When it throws, or returns before the stop, it is run again.
   */
  run(signal: AbortSignal, tick: () => void): Promise<void>;
  /** The loop counts as stale when it has not ticked for longer. */
  readonly staleAfterSeconds: number;
  /** Runs only while this process leads. */
  readonly needsLeadership?: boolean;
}

export interface Supervision {
  readonly clock: MonotonicClock;
  /** A number from 0 (inclusive) to 1 (exclusive), as `Math.random`. */
  readonly random: () => number;
  readonly log: Logger;
  /** Called with an error after which the process must end. */
  readonly onFatal: (error: Error) => void;
}

/** Quick at first, because most causes (a dropped connection) are over; 30 s so that a person need not wait. */
const RESTART_BACKOFF = { initialSeconds: 1, maxSeconds: 30, jitter: 0.2 };
/** A loop that ran for so long was healthy: its next failure is a first one. */
const HEALTHY_AFTER_SECONDS = 60;

/** Runs one loop, again and again with backoff, until it is stopped or fails for good. */
export class SupervisedLoop {
  readonly loop: Loop;
  readonly #supervision: Supervision;
  readonly #stop = new AbortController();
  #tickedMs: number;
  readonly #ended: Promise<true>;

  /** Starts the loop at once. */
  constructor(loop: Loop, supervision: Supervision) {
    this.loop = loop;
    this.#supervision = supervision;
    this.#tickedMs = supervision.clock.monotonicMs();
    this.#ended = this.#supervise().then(() => true);
  }

  /** Seconds since the last tick, or since the start. A restart is no sign of health and does not count. */
  get ageSeconds(): number {
    return (this.#supervision.clock.monotonicMs() - this.#tickedMs) / 1000;
  }

  get isStale(): boolean {
    return this.ageSeconds > this.loop.staleAfterSeconds;
  }

  /** Resolves when the loop has ended. */
  stop(): Promise<true> {
    this.#stop.abort();
    return this.#ended;
  }

  #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  async #supervise(): Promise<void> {
    const { clock, random } = this.#supervision;
    let failures = 0;
    while (!this.#isStopped()) {
      const startedMs = clock.monotonicMs();
      const error = await this.#runOnce();
      if (this.#isStopped() || isFatal(error)) {
        this.#reportLast(error);
        return;
      }
      const ranSeconds = (clock.monotonicMs() - startedMs) / 1000;
      failures = ranSeconds >= HEALTHY_AFTER_SECONDS ? 1 : failures + 1;
      const seconds = backoffSeconds({ ...RESTART_BACKOFF, failures, random });
      this.#supervision.log.error(
        { loop: this.loop.name, failures, restartAfterSeconds: seconds, error },
        'loop ended before the stop',
      );
      await clock.sleep(seconds * 1000, this.#stop.signal);
    }
  }

  /** The error with which the loop ended; undefined when it returned. */
  async #runOnce(): Promise<Error | undefined> {
    try {
      await this.loop.run(this.#stop.signal, () => {
        this.#tickedMs = this.#supervision.clock.monotonicMs();
      });
      return undefined;
    } catch (error) {
      return error instanceof Error ? error : new Error('running loop', { cause: error });
    }
  }

  #reportLast(error: Error | undefined): void {
    const { log, onFatal } = this.#supervision;
    if (error === undefined) {
      return;
    }
    log.error({ loop: this.loop.name, error }, 'loop failed for the last time');
    if (isFatal(error)) {
      onFatal(error);
    }
  }
}

function isFatal(error: Error | undefined): boolean {
  return error instanceof ReconcileError && error.retry.kind === 'stop-process';
}
