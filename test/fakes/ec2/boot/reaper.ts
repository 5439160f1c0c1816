import { setTimeout as sleep } from 'node:timers/promises';
import { findProcesses, signal } from './processes.ts';

const LOOK_EVERY_MILLISECONDS = 20;
/** What a machine that shuts down gives its processes before it kills them. */
const GRACE_MILLISECONDS = 5000;

interface Ending {
  readonly killAt: number;
  readonly done: () => void;
  isTold: boolean;
  /** Looks in a row that found nothing. */
  emptyLooks: number;
}

/** One look may miss a process that is just being executed. */
const EMPTY_LOOKS_NEEDED = 2;

/** Ends the processes of instances; one look at all processes serves every instance that is being ended. */
export class Reaper {
  readonly #run: string;
  readonly #endings = new Map<string, Ending>();

  constructor(run: string) {
    this.#run = run;
  }

  /** Resolves when nothing of the instance runs any more. `isForced`: it gets no time to end by itself. */
  async end(instanceId: string, isForced: boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const earlier = this.#endings.get(instanceId);
    const isFirst = this.#endings.size === 0;
    this.#endings.set(instanceId, {
      killAt: performance.now() + (isForced ? 0 : GRACE_MILLISECONDS),
      isTold: earlier?.isTold ?? false,
      emptyLooks: 0,
      done: () => {
        earlier?.done();
        resolve(undefined);
      },
    });
    if (isFirst) {
      void this.#work();
    }
    await promise;
  }

  async #work(): Promise<void> {
    while (this.#endings.size > 0) {
      const processes = findProcesses(this.#run);
      for (const [instanceId, ending] of this.#endings) {
        this.#step(instanceId, ending, processes.get(instanceId) ?? []);
      }
      await sleep(LOOK_EVERY_MILLISECONDS);
    }
  }

  #step(instanceId: string, ending: Ending, pids: readonly number[]): void {
    ending.emptyLooks = pids.length === 0 ? ending.emptyLooks + 1 : 0;
    if (ending.emptyLooks >= EMPTY_LOOKS_NEEDED) {
      this.#endings.delete(instanceId);
      ending.done();
    } else if (performance.now() >= ending.killAt) {
      signal(pids, 'SIGKILL');
    } else if (!ending.isTold) {
      ending.isTold = true;
      signal(pids, 'SIGTERM');
    }
  }
}
