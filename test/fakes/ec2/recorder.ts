import type { Fault } from './faults.ts';

/** One request as it was answered; a late call is there twice: when it came, and when it took effect. */
export interface RecordedCall {
  /** When it was answered, or took effect. */
  readonly time: Date;
  readonly arrivedAt: Date;
  readonly action: string;
  /** The access key that signed it. */
  readonly caller: string;
  /** As sent; long user data is shortened. */
  readonly parameters: Readonly<Record<string, string>>;
  /** `Success`, a code of EC2, or `Dropped`: the connection ended without an answer. */
  readonly outcome: string;
  /** Why, for a refusal; '' otherwise. */
  readonly message: string;
  /** What was done to it. */
  readonly fault: Fault['kind'] | undefined;
  /** True for the second entry of a late call. */
  readonly isLanding: boolean;
}

/** Enough for any test; a fake that runs for days keeps the last ones. */
const MOST_CALLS = 200_000;

/** Every request, in the order of the answers, and how many there were. */
export class Recorder {
  #calls: RecordedCall[] = [];
  readonly #counts = new Map<string, Map<string, number>>();

  add(call: RecordedCall): void {
    this.#calls.push(call);
    if (this.#calls.length > MOST_CALLS) {
      this.#calls = this.#calls.slice(MOST_CALLS / 2);
    }
    if (!call.isLanding) {
      const outcomes = this.#counts.get(call.action) ?? new Map<string, number>();
      outcomes.set(call.outcome, (outcomes.get(call.outcome) ?? 0) + 1);
      this.#counts.set(call.action, outcomes);
    }
  }

  /** Those of one action, or all. */
  calls(action?: string): readonly RecordedCall[] {
    return this.#calls.filter((call) => action === undefined || call.action === action);
  }

  /** Requests by action and outcome, since the start or the last `clear`. */
  counts(): Readonly<Record<string, Readonly<Record<string, number>>>> {
    return Object.fromEntries(
      [...this.#counts].map(([action, outcomes]) => [action, Object.fromEntries(outcomes)]),
    );
  }

  /** Requests of one action (`undefined`: of all), and with one outcome (`undefined`: with any). */
  count(action?: string, outcome?: string): number {
    let sum = 0;
    for (const [name, outcomes] of this.#counts) {
      for (const [code, count] of outcomes) {
        const isMeant = (action ?? name) === name && (outcome ?? code) === code;
        sum += isMeant ? count : 0;
      }
    }
    return sum;
  }

  clear(): void {
    this.#calls = [];
    this.#counts.clear();
  }
}
