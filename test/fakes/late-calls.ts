export interface LateCall {
  /** Infinity: when the test says. Milliseconds, as `expiresAt`. */
  readonly landsAt: number;
  /** From here on the provider refuses it. */
  readonly expiresAt: number;
  readonly effect: (at: number) => unknown;
}

/** Calls whose senders gave up waiting, and which may still take effect. */
export class LateCalls {
  #calls: readonly LateCall[] = [];

  get count(): number {
    return this.#calls.length;
  }

  /** When the next one lands by itself; Infinity when none does. */
  get nextAt(): number {
    return Math.min(Infinity, ...this.#calls.map(({ landsAt }) => landsAt));
  }

  /** Those under way; to be given to `restore`. */
  save(): readonly LateCall[] {
    return this.#calls;
  }

  restore(calls: readonly LateCall[]): void {
    this.#calls = calls;
  }

  add(call: LateCall): void {
    this.#calls = [...this.#calls, call];
  }

  /** Those without a time of their own land now, in the order they were sent. */
  deliver(now: number): void {
    this.#calls = this.#calls.map((call) =>
      call.landsAt === Infinity ? { ...call, landsAt: now } : call,
    );
  }

  /** Takes out those that have landed by now, first come first; expired ones are dropped. */
  takeDue(now: number): readonly Omit<LateCall, 'expiresAt'>[] {
    if (this.#calls.length === 0) {
      return [];
    }
    const landed = this.#calls.filter(({ landsAt }) => landsAt <= now);
    this.#calls = this.#calls.filter(({ landsAt, expiresAt }) => landsAt > now && expiresAt > now);
    return landed
      .filter(({ landsAt, expiresAt }) => landsAt < expiresAt)
      .sort((a, b) => a.landsAt - b.landsAt)
      .map(({ landsAt, effect }) => ({ landsAt, effect: quietly(effect) }));
  }
}

/** Nobody waits for a late call, so nobody hears that it was refused. */
function quietly(effect: (at: number) => unknown): (at: number) => void {
  return (at) => {
    try {
      effect(at);
    } catch {
      // Refused where it landed.
    }
  };
}
