import { CALL_SECONDS, type Backend, type MutatingOperation } from '../../backends/backend.ts';
import { ConflictError, UnknownOutcomeError } from '../../lib/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Metrics } from '../../lib/metrics.ts';
import type { PipelineServices } from '../../provisioning/pipeline.ts';
import type { SecretReader } from '../../sources/source.ts';
import type { Db } from '../../store/db.ts';
import { fenced, type FencedTransaction, type Leadership } from '../../store/fencing.ts';
import type { Fleet } from '../fleet.ts';

/** What a leader needs to act; made in `cmd/` for one epoch. */
export interface WorkspaceContext {
  readonly db: Db;
  readonly leadership: Leadership;
  readonly installationId: string;
  readonly backends: ReadonlyMap<string, Backend>;
  readonly fleet: Fleet;
  readonly secrets: SecretReader;
  /** Where agents find this controller. */
  readonly platformUrl: () => string;
  readonly pipeline: PipelineServices;
  /** Asks for a list soon, so that the effect of a call is seen before the next interval. */
  readonly lookSoon: (backend: string) => void;
  /** False when the lease may end before a call of that many seconds does. */
  readonly leaseOutlives: (seconds: number) => boolean;
  /** Adds keys to the queue, because something they depend on has changed. */
  readonly enqueue: (uids: readonly string[]) => void;
  /** Waits for `work` without keeping other keys from being worked on. */
  readonly park: <T>(work: () => Promise<T>) => Promise<T>;
  /** When this process began to lead, on `clock`. */
  readonly leadingSince: Date;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<
    Metrics,
    'launches' | 'duplicatesPrevented' | 'timeToProvisioned' | 'statusWrites'
  >;
}

/** One fenced transaction of this leader. */
export async function write<T>(
  { db, leadership }: WorkspaceContext,
  work: (tx: FencedTransaction) => Promise<T>,
): Promise<T> {
  return await fenced(db, leadership, work);
}

/** Throws `ConflictError` when this leader could not be sure to be leader still when a call ends. */
export function assertLease({ leaseOutlives }: WorkspaceContext): void {
  if (!leaseOutlives(CALL_SECONDS)) {
    throw new ConflictError('calling the provider: the lease is about to end');
  }
}

/** One mutating call for a workspace. What was listed before it ended proves nothing about it any more. */
export async function callBackend<T>(
  context: WorkspaceContext,
  target: { readonly uid: string; readonly backend: string },
  call: (backend: Backend) => Promise<T>,
): Promise<T> {
  assertLease(context);
  const backend = getBackend(context, target.backend);
  try {
    return await context.park(() => call(backend));
  } finally {
    context.fleet.noteCall(target.uid, target.backend);
    context.lookSoon(target.backend);
  }
}

/** Throws `UnknownOutcomeError` for a backend that is not configured: nothing can be concluded about it. */
export function getBackend({ backends }: WorkspaceContext, key: string): Backend {
  const backend = backends.get(key);
  if (backend === undefined) {
    throw new UnknownOutcomeError(
      `calling backend "${key}": it is not configured here; configure it again`,
      {
        reason: 'BackendUnavailable',
      },
    );
  }
  return backend;
}

/** Seconds until a provider that sets a pace takes this call; 0: now. `key` as in `Backend.reserve`. */
export function secondsUntilTurn(
  context: WorkspaceContext,
  target: { readonly key: string; readonly backend: string },
  operation: MutatingOperation,
): number {
  return getBackend(context, target.backend).reserve?.(operation, target.key) ?? 0;
}
