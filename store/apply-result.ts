import type { ObjectRef } from './object-ref.ts';

export type ApplyOutcome = 'created' | 'configured' | 'unchanged' | 'deleted' | 'refused';
/**
 * - `NameConflict`: owned by another apply set, or declared twice
 * - `InvalidSpec`: would change what cannot be changed, or holds text that cannot be stored
 * - `InUse`: a class that workspaces need
 */
export type RefusalReason = 'NameConflict' | 'InvalidSpec' | 'InUse';

/** What became of one object; `uid` is also given for what was refused or is only planned. */
export interface ObjectResult extends ObjectRef {
  readonly uid: string;
  readonly result: ApplyOutcome;
  /** Only of what was refused. */
  readonly reason?: RefusalReason;
  readonly message?: string;
}
