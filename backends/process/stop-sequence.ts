import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { findOwnedProcesses, killOwnedProcesses, type Ownership } from './owned-processes.ts';
import { signalOwnGroup, signalProcess } from './process-identity.ts';

export interface StopOptions {
  readonly ownership: Ownership;
  readonly stopGraceSeconds: number;
  /** Asks for the end. */
  readonly stop: AbortSignal;
}

/** Between two looks at the processes there are; each reads all of `/proc`. */
const LOOK_MILLISECONDS = 50;

/**
 * Ends everything of an agent: SIGTERM to its whole group and to those that left it, after the grace period SIGKILL. When
 * nobody asked and the agent ended by itself, what it left behind is killed at once.
 */
export class StopSequence {
  readonly #child: ChildProcess;
  readonly #leader: number;
  readonly #options: StopOptions;
  /** On the clock of `performance.now()`; past as long as nobody asked. */
  #deadline = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(child: ChildProcess, options: StopOptions) {
    this.#child = child;
    this.#leader = child.pid ?? 0;
    this.#options = options;
    if (options.stop.aborted) {
      this.#begin();
    } else {
      options.stop.addEventListener('abort', () => {
        this.#begin();
      });
    }
  }

  /** After the agent's first process ended: the others get the rest of the grace period, if there is one. */
  async endRemaining(): Promise<void> {
    clearTimeout(this.#timer);
    const remaining = { ...this.#options.ownership, session: this.#leader };
    while (performance.now() < this.#deadline && findOwnedProcesses(remaining).length > 0) {
      await sleep(LOOK_MILLISECONDS);
    }
    await killOwnedProcesses(remaining);
  }

  #begin(): void {
    const { ownership, stopGraceSeconds } = this.#options;
    this.#deadline = performance.now() + stopGraceSeconds * 1000;
    this.#timer = setTimeout(() => {
      this.#signalGroup('SIGKILL');
    }, stopGraceSeconds * 1000);
    // Looked for before the agent can end: its session tells those without our mark only as long as it is there.
    const session = this.#isLeaderOurs() ? { session: this.#leader } : {};
    const owned = findOwnedProcesses({ ...ownership, ...session });
    this.#signalGroup('SIGTERM');
    for (const identity of owned.filter(({ group }) => group !== this.#leader)) {
      signalProcess(identity, ownership.bootId, 'SIGTERM');
    }
  }

  #signalGroup(signal: NodeJS.Signals): void {
    if (this.#isLeaderOurs()) {
      signalOwnGroup(this.#leader, signal);
    }
  }

  /** Until we have waited for it, the kernel gives its number to nobody else. */
  #isLeaderOurs(): boolean {
    return this.#leader > 0 && this.#child.exitCode === null && this.#child.signalCode === null;
  }
}
