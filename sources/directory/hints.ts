import type { Clock } from '../../lib/clock.ts';
import { DEBOUNCE_AT_MOST_MS, DEBOUNCE_MS } from './limits.ts';

/** Collects hints until they pause, then calls `onReady` once; later hints start anew. */
export class Hints {
  readonly #clock: Clock;
  readonly #onReady: () => void;
  #paths = new Set<string>();
  #isRescanWanted = false;
  #firstAtMs: number | undefined;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, onReady: () => void) {
    this.#clock = clock;
    this.#onReady = onReady;
  }

  /** `undefined`: everything may have changed. */
  add(path: string | undefined): void {
    if (path === undefined) {
      this.#isRescanWanted = true;
    } else {
      this.#paths.add(path);
    }
    const nowMs = this.#clock.now().getTime();
    this.#firstAtMs ??= nowMs;
    const leftMs = Math.max(0, this.#firstAtMs + DEBOUNCE_AT_MOST_MS - nowMs);
    this.#cancel?.();
    this.#cancel = this.#clock.schedule(Math.min(DEBOUNCE_MS, leftMs), () => {
      this.#cancel = undefined;
      this.#onReady();
    });
  }

  /** What was hinted at since the last call. */
  take(): { readonly paths: ReadonlySet<string>; readonly isRescanWanted: boolean } {
    const taken = { paths: this.#paths, isRescanWanted: this.#isRescanWanted };
    this.#paths = new Set();
    this.#isRescanWanted = false;
    this.#firstAtMs = undefined;
    return taken;
  }

  close(): void {
    this.#cancel?.();
  }
}
