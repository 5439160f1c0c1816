import { isDeepStrictEqual } from 'node:util';
import type { SourceState } from '../source.ts';
import { confirmCommand } from './describe-state.ts';
import type { DirectorySourceOptions } from './options.ts';

/** Saves and logs what the source says of itself, each change once. */
export class StateReport {
  readonly #options: Pick<DirectorySourceOptions, 'applySetName' | 'saveState' | 'log'>;
  #logged: SourceState = { state: 'Active', problems: [], heldDigest: null, heldDeletions: [] };
  #saved: SourceState | undefined;

  constructor(options: Pick<DirectorySourceOptions, 'applySetName' | 'saveState' | 'log'>) {
    this.#options = options;
  }

  /** Throws what `saveState` throws; the next call saves again. */
  async report(state: SourceState): Promise<void> {
    this.#logChanges(state);
    this.#logged = state;
    if (!isDeepStrictEqual(state, this.#saved)) {
      await this.#options.saveState(state);
      this.#saved = state;
    }
  }

  #logChanges(state: SourceState): void {
    const { log } = this.#options;
    for (const problem of without(state.problems, this.#logged.problems)) {
      log.warn({ problem }, 'source has a problem');
    }
    for (const problem of without(this.#logged.problems, state.problems)) {
      log.info({ problem }, 'source problem is gone');
    }
    this.#logHeld(state);
  }

  #logHeld({ state, heldDigest, heldDeletions }: SourceState): void {
    const { log, applySetName } = this.#options;
    if (heldDigest !== null && heldDigest !== this.#logged.heldDigest) {
      const confirm = confirmCommand(applySetName, heldDigest);
      log.warn({ action: 'Hold', digest: heldDigest, heldDeletions, confirm }, 'held deletions');
    } else if (state === 'Active' && this.#logged.state === 'Held') {
      log.info({ action: 'EndHold' }, 'source is active again');
    }
  }
}

function without(all: readonly string[], those: readonly string[]): string[] {
  return all.filter((one) => !those.includes(one));
}
