import type { Bundle, Instance, InstanceState } from '../../backends/backend.ts';
import type { Clock } from '../../lib/clock.ts';
import type { BackendMethod, Fault } from './faults.ts';
import type { LateCall } from './late-calls.ts';

export interface FakeProviderOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** Default 0. */
  readonly settleSeconds?: number;
  /** Default 60. */
  readonly callLifetimeSeconds?: number;
  /** Default true. */
  readonly keepsState?: boolean;
  /** Default false: the bundle is handed over. */
  readonly bootstraps?: boolean;
  /**
   * How long a new instance is missing from every read, and unknown to stop, start and terminate. Default 0.
   * More than `settleSeconds` is a provider that breaks its promise.
   */
  readonly visibleAfterSeconds?: number;
  /** How long a terminated instance is still shown, and its token still refused. Default 3600, about what EC2 does. */
  readonly terminatedVisibleSeconds?: number;
  /** How long `pending`, `stopping` and `terminating` last. Default 0: each call takes effect at once. */
  readonly transitionSeconds?: number;
  /** Where the agent of the n-th instance listens. Default: no port. */
  readonly url?: (count: number) => string;
}

/** One mutating call, in the order of arrival. `fault` names what was done to it. */
export interface FakeCall {
  readonly client: string;
  readonly method: Extract<
    BackendMethod,
    'launch' | 'stop' | 'start' | 'terminate' | 'removeState'
  >;
  /** Token of a launch, workspace uid of a removeState, else the instance's id. */
  readonly target: string;
  readonly at: Date;
  readonly fault?: Fault['kind'];
}

/** One instance as the provider keeps it. */
export interface Entry {
  instance: Instance;
  readonly parametersHash: string;
  readonly visibleAt: number;
  hasMarks: boolean;
  log: string;
  /** What its agent was started with last; absent for a planted one. */
  bundle?: Bundle;
  /** Files that it fetched with its bootstrap token. */
  fetched?: Bundle['files'];
  /** What happens to it by itself, in order. */
  changes: readonly { readonly at: number; readonly to: InstanceState | 'gone' }[];
}

/** Everything at a provider at one moment. */
export interface ProviderState {
  readonly entries: readonly Readonly<Entry>[];
  readonly states: readonly string[];
  readonly lateCalls: readonly LateCall[];
  readonly count: number;
  readonly calls: readonly FakeCall[];
}
