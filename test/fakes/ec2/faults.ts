/** What goes wrong with one call. All but `held` can be given as JSON. */
export type Fault =
  /** Nothing happens, and the caller is told so. */
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly message?: string;
      readonly status?: number;
    }
  /** It happens, and the answer says that something failed. */
  | { readonly kind: 'failed-after'; readonly code?: string }
  /** The connection ends, and nothing happened. */
  | { readonly kind: 'dropped-before' }
  /** It happens, then the connection ends. */
  | { readonly kind: 'dropped-after' }
  /** The connection ends (with a code: that error comes back), and it happens later: after a time or when told. */
  | { readonly kind: 'late'; readonly afterSeconds?: number; readonly code?: string }
  /** It happens, and the answer takes a while of the fake's time. */
  | { readonly kind: 'slow'; readonly seconds: number }
  | HeldFault;

/** The call waits, before or after its effect, until the gate opens. */
interface HeldFault {
  readonly kind: 'held';
  readonly wait: 'before' | 'after';
  readonly gate: Promise<void>;
  readonly onArrival: () => void;
}

/** A call that waits until the test lets it go on. */
export interface HeldCall {
  /** Resolves when the call has arrived and waits. */
  readonly arrived: Promise<void>;
  release(): void;
  /** When no call has arrived yet, none will be held. */
  cancel(): void;
}

/** A call as a rule may judge it. */
export interface CallOnItsWay {
  readonly action: string;
  readonly caller: string;
  /** As sent; long user data is shortened. */
  readonly parameters: Readonly<Record<string, string>>;
}

export function refused(code: string, message = `injected: ${code}`): Fault {
  return { kind: 'refused', code, message };
}

export function throttled(): Fault {
  return refused('RequestLimitExceeded');
}

export function failedAfter(code = 'InternalError'): Fault {
  return { kind: 'failed-after', code };
}

export function droppedBefore(): Fault {
  return { kind: 'dropped-before' };
}

export function droppedAfter(): Fault {
  return { kind: 'dropped-after' };
}

/** Without `afterSeconds` it lands when `deliverLateCalls` is called. */
export function late(options: { afterSeconds?: number; code?: string } = {}): Fault {
  return { kind: 'late', ...options };
}

export function slow(seconds: number): Fault {
  return { kind: 'slow', seconds };
}

interface Waiting {
  readonly action: string;
  readonly fault: Fault;
  /** Calls of this action that are still let through. */
  skip: number;
}

/** Which calls go wrong, and how. */
export class Faults {
  #next: Waiting[] = [];
  readonly #rules = new Set<(call: CallOnItsWay) => Fault | undefined>();

  /** The `nth` next call of `action` (`*`: of any) meets this fault; several wait beside each other. */
  next(action: string, fault: Fault, nth = 1): void {
    this.#next.push({ action, fault, skip: nth - 1 });
  }

  /** Asks `rule` at every call that has no fault yet; the answer ends it. For standing, random and enumerated faults. */
  when(rule: (call: CallOnItsWay) => Fault | undefined): () => void {
    this.#rules.add(rule);
    return () => {
      this.#rules.delete(rule);
    };
  }

  /** Every call of `action` (`*`: of any) meets this fault until the answer is called. */
  always(action: string, fault: Fault): () => void {
    return this.when((call) => (isMeant(action, call) ? fault : undefined));
  }

  /** The next call waits, before or after its effect, until it is released. */
  hold(action: string, wait: 'before' | 'after' = 'before'): HeldCall {
    const arrival = Promise.withResolvers<undefined>();
    const gate = Promise.withResolvers<undefined>();
    const onArrival = (): void => {
      arrival.resolve(undefined);
    };
    const fault: Fault = { kind: 'held', wait, gate: gate.promise, onArrival };
    this.next(action, fault);
    return {
      cancel: () => {
        this.#next = this.#next.filter((one) => one.fault !== fault);
      },
      arrived: arrival.promise,
      release: () => {
        gate.resolve(undefined);
      },
    };
  }

  /** No fault from here on, except for calls already under way. */
  heal(): void {
    this.#next = [];
    this.#rules.clear();
  }

  /** What still waits for its call. */
  pending(): readonly { readonly action: string; readonly kind: string; readonly nth: number }[] {
    return this.#next.map(({ action, fault, skip }) => ({
      action,
      kind: fault.kind,
      nth: skip + 1,
    }));
  }

  /** The fault of this call, which then is used up. */
  take(call: CallOnItsWay): Fault | undefined {
    const meant = this.#next.filter(({ action }) => isMeant(action, call));
    const due = meant.find(({ skip }) => skip === 0);
    for (const waiting of meant) {
      waiting.skip -= waiting !== due && waiting.skip > 0 ? 1 : 0;
    }
    if (due !== undefined) {
      this.#next = this.#next.filter((one) => one !== due);
      return due.fault;
    }
    for (const rule of this.#rules) {
      const fault = rule(call);
      if (fault !== undefined) {
        return fault;
      }
    }
    return undefined;
  }
}

function isMeant(action: string, call: CallOnItsWay): boolean {
  return action === '*' || action === call.action;
}
