import type { WorkspaceObject } from '../../server/contract.ts';
import type { WatchEvent } from '../../server/contract-operations.ts';
import { CliError } from '../cli-error.ts';
import type { Client } from '../client.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatDuration } from '../output/age.ts';
import { createProgress, type Progress } from '../output/progress.ts';
import { computeStanding, describeStanding, type Goal, type Standing } from './wait-goal.ts';
import { keyOf, watchWorkspaces } from '../watch.ts';

/** A controller that restarts is back within seconds. */
const RECONNECT_SECONDS = 1;

export interface WaitRequest {
  readonly goal: Goal;
  /** None: all namespaces. */
  readonly namespace: string | undefined;
  /** `default/ada`; none: all there are. */
  readonly names: readonly string[] | undefined;
  readonly timeoutSeconds: number;
}

export interface WaitWorld {
  readonly context: Context;
  readonly client: Client;
  /** Aborted by the deadline and by the user. */
  readonly signal: AbortSignal;
}

/** What is known of the workspaces that are waited for. */
export class Waiting {
  readonly #world: WaitWorld;
  readonly #request: WaitRequest;
  readonly #startedAt: number;
  readonly #progress: Progress;
  #known = new Map<string, WorkspaceObject>();
  #standing: Standing = { total: 0, pending: [] };
  #wasConnected = false;
  #cancelTick: () => void = () => undefined;

  constructor(world: WaitWorld, request: WaitRequest) {
    this.#world = world;
    this.#request = request;
    this.#startedAt = world.context.clock.now().getTime();
    this.#progress = createProgress(world.context);
  }

  /** Returns when all are there. A controller that goes away is waited for, one that was never there is not. */
  async untilReached(): Promise<void> {
    const { context, signal } = this.#world;
    while (!(await this.#watchPatiently())) {
      await context.clock.sleep(RECONNECT_SECONDS * 1000, signal);
    }
  }

  async #watchPatiently(): Promise<boolean> {
    try {
      return await this.#watch();
    } catch (error) {
      const isAway = error instanceof CliError && error.exitCode === EXIT.noServer;
      if (!isAway || !this.#wasConnected) {
        throw error;
      }
      this.#cancelTick();
      this.#progress.show('the controller is away, trying again');
      return false;
    }
  }

  async #watch(): Promise<boolean> {
    this.#known = new Map();
    let isComplete = false;
    for await (const event of watchWorkspaces(this.#world.client, this.#request.namespace)) {
      this.#wasConnected = true;
      this.#learn(event);
      if (event.type === 'BOOKMARK') {
        isComplete = true;
        this.#refuseMissing();
      }
      if (isComplete && this.#isReached()) {
        return true;
      }
    }
    return false;
  }

  #learn(event: WatchEvent): void {
    if (event.type === 'DELETED') {
      this.#known.delete(keyOf(event.object));
    } else if (event.type !== 'BOOKMARK') {
      this.#known.set(keyOf(event.object), event.object);
    }
  }

  /** Nobody waits for a name that does not exist to become ready: it is a slip of the keyboard. */
  #refuseMissing(): void {
    const keys = this.#keys();
    const missing = keys.filter((key) => !this.#known.has(key));
    const problems =
      keys.length === 0
        ? ['there is no workspace to wait for']
        : missing.map((key) => `workspace ${key} does not exist`);
    if (problems.length > 0 && this.#request.goal !== 'deleted') {
      throw new CliError(problems.join('\n'), EXIT.notFound);
    }
  }

  #isReached(): boolean {
    const { goal } = this.#request;
    this.#standing = computeStanding(goal, this.#keys(), this.#known);
    this.#showProgress();
    return this.#standing.pending.length === 0;
  }

  /** Again every second, so that people see that it has not stopped. */
  #showProgress(): void {
    this.#cancelTick();
    const standing = describeStanding(this.#request.goal, this.#standing);
    this.#progress.show(`${this.#elapsed()}  ${standing}`);
    this.#cancelTick = this.#world.context.clock.schedule(1000, () => {
      this.#showProgress();
    });
  }

  #keys(): readonly string[] {
    return this.#request.names ?? [...this.#known.keys()];
  }

  summary(): string {
    const { total } = this.#standing;
    const what = `${total} workspace${total === 1 ? '' : 's'}`;
    return this.#request.goal === 'deleted' && total === 0
      ? 'nothing is left'
      : `${what} ${this.#request.goal} (${this.#elapsed()})`;
  }

  timedOut(): CliError {
    const { goal, timeoutSeconds } = this.#request;
    const standing = describeStanding(goal, this.#standing);
    return new CliError(
      `timed out after ${formatDuration(timeoutSeconds)}: ${standing}; \`treeline describe NAME\` says more`,
      EXIT.timedOut,
    );
  }

  end(): void {
    this.#cancelTick();
    this.#progress.clear();
  }

  #elapsed(): string {
    return formatDuration((this.#world.context.clock.now().getTime() - this.#startedAt) / 1000);
  }
}
