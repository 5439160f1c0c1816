import {
  Controller,
  type ControllerOptions,
  type Reconcile,
  type Result,
} from '../../runtime/controller.ts';
import { WorkQueue } from '../../runtime/work-queue.ts';
import { CapturedLog } from '../support/captured-log.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

export const DONE: Result = { kind: 'done' };

/** A controller in virtual time, with everything around it that a test wants to look at. */
export class ControllerRig {
  readonly clock = new VirtualClock();
  readonly queue = new WorkQueue({
    clock: this.clock,
    random: () => 0,
    backoff: { initialSeconds: 1, maxSeconds: 60, jitter: 0 },
  });
  readonly captured = new CapturedLog();
  readonly stop = new AbortController();
  readonly fatal: Error[] = [];
  /** The keys of the passes that began. */
  readonly keys: string[] = [];
  /** The seconds at which they began. */
  readonly times: number[] = [];

  run(
    reconcile: Reconcile<string>,
    overrides: Partial<ControllerOptions<string>> = {},
    tick?: () => void,
  ): Promise<void> {
    const controller = new Controller({
      name: 'sample',
      queue: this.queue,
      concurrency: 1,
      clock: this.clock,
      log: this.captured.log,
      onFatal: (error) => this.fatal.push(error),
      reconcile: (key, signal, reconcileId) => {
        this.keys.push(key);
        this.times.push(this.clock.monotonicMs() / 1000);
        return reconcile(key, signal, reconcileId);
      },
      ...overrides,
    });
    return controller.run(this.stop.signal, tick);
  }
}

/** Fails with each error in turn, then succeeds. */
export function failing(...errors: unknown[]): Reconcile<string> {
  return async () => {
    await Promise.resolve();
    for (const error of errors.splice(0, 1)) {
      throw error;
    }
    return DONE;
  };
}
