import type { Timeline } from './model/timeline.ts';

interface LateCall {
  readonly effect: () => void;
  readonly expiresAt: number;
}

/** Calls whose callers were let go, and which may still take effect; from their expiry on EC2 refuses them. */
export class LateCalls {
  readonly #timeline: Timeline;
  readonly #calls = new Set<LateCall>();

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** Those that may still take effect. */
  get count(): number {
    const now = this.#timeline.now();
    return [...this.#calls].filter(({ expiresAt }) => expiresAt > now).length;
  }

  /** Lands after that many seconds, or when it is delivered. */
  add(call: LateCall, afterSeconds: number | undefined): void {
    this.#calls.add(call);
    if (afterSeconds !== undefined) {
      this.#timeline.at(this.#timeline.now() + afterSeconds * 1000, () => {
        this.#land(call);
      });
    }
  }

  /** All of them land now, in the order in which they were sent. */
  deliver(): void {
    for (const call of [...this.#calls]) {
      this.#land(call);
    }
  }

  #land(call: LateCall): void {
    if (this.#calls.delete(call) && this.#timeline.now() < call.expiresAt) {
      call.effect();
    }
  }
}
