import { CALL_SECONDS, type Backend } from '../../backends/backend.ts';
import { ignoreNotFound } from '../../lib/errors.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Metrics } from '../../lib/metrics.ts';
import { insertActivity } from '../../store/activity.ts';
import type { Db } from '../../store/db.ts';
import { fenced, type Leadership } from '../../store/fencing.ts';
import { readGarbageSnapshot, upsertGarbage } from '../../store/garbage.ts';
import type { GarbageDecision } from '../../store/tables.ts';
import { planGarbage, type Stray } from './plan.ts';

/** What it takes to end an instance that nobody owns. */
export interface TerminatingContext {
  readonly db: Db;
  readonly leadership: Leadership;
  readonly backends: ReadonlyMap<string, Backend>;
  readonly leaseOutlives: (seconds: number) => boolean;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'garbageTerminated'>;
}

/**
 * Ends a stray by its id, after one more look at provider and database, and never inside a transaction: the evidence is
 * committed first. Does nothing when the second look says something else, or the lease is about to end. Throws the
 * errors of the store and of the backend.
 */
export async function terminateStray(stray: Stray, context: TerminatingContext): Promise<void> {
  const { backend: key, instance, evidence, verdict } = stray;
  const { db, leadership, leaseOutlives, log, metrics } = context;
  const backend = context.backends.get(key);
  if (backend === undefined || !leaseOutlives(CALL_SECONDS)) {
    return;
  }
  if (!(await isStillStray(stray, backend, db))) {
    return;
  }
  await fenced(db, leadership, async (tx) => {
    await upsertGarbage(tx, toGarbage(stray, 'deleting'));
    await insertActivity(tx, [toActivity(stray)]);
  });
  // Asked again, because this process may have been stopped since.
  if (!leaseOutlives(CALL_SECONDS)) {
    return;
  }
  await backend.terminate(instance.id, 'background').catch(ignoreNotFound);
  log.info(
    { action: 'Terminate', reason: verdict, backend: key, instanceId: instance.id, evidence },
    'collected an instance that nobody owns',
  );
  metrics.garbageTerminated.inc();
}

/** What is stored of a stray. */
export function toGarbage({ backend, instance, evidence }: Stray, decision: GarbageDecision) {
  const { workspaceUid, attempt } = instance.marks;
  return { backend, instanceId: instance.id, workspaceUid, attempt, evidence, decision };
}

async function isStillStray(
  { backend: key, instance, verdict }: Stray,
  backend: Backend,
  db: Db,
): Promise<boolean> {
  const found = await backend.find(instance.id);
  if (found === undefined) {
    return false;
  }
  const { approvedIds, ...rows } = await readGarbageSnapshot(db, [found.marks.workspaceUid]);
  const input = { ...rows, backend: key, instances: [found], approvedIds: approvedIds(key) };
  return planGarbage(input).some((again) => again.verdict === verdict);
}

function toActivity({ backend, instance, evidence, verdict }: Stray) {
  const { workspaceUid, namespace, name } = instance.marks;
  return {
    workspaceUid,
    namespace,
    name,
    action: 'OrphanTerminated',
    reason: verdict === 'approved' ? 'Approved' : 'LaunchClosed',
    message: `collected instance ${instance.id}, which nobody owns`,
    data: { backend, instanceId: instance.id, evidence },
  };
}
