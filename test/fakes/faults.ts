import {
  InsufficientCapacityError,
  QuotaExceededError,
  TerminalError,
  ThrottledError,
  UnauthorizedError,
  UnknownOutcomeError,
} from '../../lib/errors.ts';
import type { Backend, Instance } from '../../backends/backend.ts';

/** The methods of a backend that a fault can hit. */
export type BackendMethod = {
  [Name in keyof Backend]-?: Backend[Name] extends (...args: never[]) => unknown ? Name : never;
}[keyof Backend];

/** What goes wrong with one call. */
export type Fault =
  /** Throws; nothing happened and nothing ever will. */
  | { readonly kind: 'before'; readonly error: Error }
  /** The effect takes place, then the call throws: the answer is lost. */
  | { readonly kind: 'after'; readonly error: Error }
  /**
   * Throws now; the effect lands `afterSeconds` later on the provider's clock, or with `provider.deliverLateCalls()` when
   * that is left out. It never lands once `callLifetimeSeconds` have passed since the call. A read just throws.
   */
  | { readonly kind: 'late'; readonly error: Error; readonly afterSeconds?: number }
  /** Waits for `gate`, before or after the effect, then answers. `onArrival` runs when the call starts to wait. */
  | {
      readonly kind: 'held';
      readonly wait: 'before' | 'after';
      readonly gate: Promise<void>;
      readonly onArrival: () => void;
    }
  /** `list` only: answers this earlier snapshot. Older than `settleSeconds` it is a provider that breaks its promise. */
  | { readonly kind: 'stale'; readonly snapshot: readonly Instance[] };

/** Nothing happened: the call never left, or the process died before it was sent. */
export function before(error: Error = new UnknownOutcomeError('calling: no connection')): Fault {
  return { kind: 'before', error };
}

/** It happened, and nobody was told. */
export function after(error: Error = new UnknownOutcomeError('calling: no answer')): Fault {
  return { kind: 'after', error };
}

/** It will happen, later than the caller waited. */
export function late(afterSeconds?: number): Fault {
  const error = new UnknownOutcomeError('calling: timed out');
  return afterSeconds === undefined
    ? { kind: 'late', error }
    : { kind: 'late', error, afterSeconds };
}

/** A list that broke off between two pages: the contract makes it an error, never a shorter list. */
export function partial(): Fault {
  return before(new UnknownOutcomeError('listing instances: page 2 of 3 is missing'));
}

export function stale(snapshot: readonly Instance[]): Fault {
  return { kind: 'stale', snapshot };
}

export function throttled(seconds = 5): Fault {
  return before(new ThrottledError('calling: RequestLimitExceeded', seconds));
}

/** The refusals after which it is certain that a launch had no effect. */
export const REFUSALS = {
  capacity: () =>
    before(new InsufficientCapacityError('launching instance: InsufficientInstanceCapacity')),
  quota: () => before(new QuotaExceededError('launching instance: VcpuLimitExceeded')),
  unauthorized: () => before(new UnauthorizedError('launching instance: UnauthorizedOperation')),
  invalid: () =>
    before(
      new TerminalError('launching instance: InvalidParameterValue', { reason: 'InvalidSpec' }),
    ),
} as const;
