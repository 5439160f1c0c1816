import type { ReconcileError } from '../lib/errors.ts';
import type { BackendList, SeenInstance } from './backend-list.ts';

/** What the last complete lists say of one workspace. `unknown` means no such list; it never means "absent". */
export type Observation =
  | {
      readonly kind: 'known';
      /** When the oldest of the lists it is made from began. */
      readonly takenAt: Date;
      readonly instances: readonly SeenInstance[];
    }
  | {
      readonly kind: 'unknown';
      readonly error: ReconcileError;
      /** Seen in lists that are not good enough to conclude from; enough to repeat a step with a known id. */
      readonly instances: readonly SeenInstance[];
      /** The list that follows the last call is missing; it brings the workspace back. */
      readonly isAwaitingList: boolean;
      /** The backend that is not configured here, so that no list of it will ever come. */
      readonly unconfigured?: string;
    };

/** An immutable look at all backends at one moment; take it before reading any row. */
export interface FleetSnapshot {
  /** What is known of a workspace whose instance could be in the given backends. */
  of(uid: string, backends: readonly string[]): Observation;
}

/** What is known of one backend: its last complete list, however old, and the error of the last look. */
export interface BackendState {
  readonly list?: BackendList;
  readonly error?: ReconcileError;
}
