import { sql } from 'kysely';
import type { Phase, WorkspaceStatus } from '../api/conditions.ts';
import { ConflictError } from '../lib/errors.ts';
import type { FencedTransaction } from './fencing.ts';
import { toStorableJson } from './storable.ts';
import type { WorkspaceFailures } from './workspace-facts.ts';

export interface StatusWrite {
  readonly status: WorkspaceStatus;
  readonly statusHash: string;
  readonly phase: Phase;
  readonly isReady: boolean;
  /** undefined when the pass has not ended in "nothing to do". */
  readonly settledKey: string | undefined;
  /** When time alone makes another look worth it. */
  readonly dueAt: Date | undefined;
}

/** Never touches spec. Throws `ConflictError` when the generation has moved on since the read. */
export async function updateWorkspaceStatus(
  tx: FencedTransaction,
  { uid, generation }: { readonly uid: string; readonly generation: number },
  write: StatusWrite,
): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('workspaces')
    .set({
      status: toStorableJson(write.status),
      status_hash: write.statusHash,
      phase: write.phase,
      ready: write.isReady,
      observed_generation: write.status.observedGeneration,
      settled_key: write.settledKey ?? null,
      due_at: write.dueAt ?? null,
      updated_at: sql`clock_timestamp()`,
    })
    .where('uid', '=', uid)
    .where('generation', '=', generation)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) {
    throw new ConflictError('updating workspace status: generation has moved on');
  }
}

/** Notes that the same decision as before was reached again; the status is as it was. */
export async function updateSettledKey(
  tx: FencedTransaction,
  uid: string,
  { settledKey, dueAt }: Pick<StatusWrite, 'settledKey' | 'dueAt'>,
): Promise<void> {
  await tx
    .updateTable('workspaces')
    .set({ settled_key: settledKey ?? null, due_at: dueAt ?? null })
    .where('uid', '=', uid)
    .execute();
}

/** Replaces the count of failures in a row; null clears it. */
export async function updateFailures(
  tx: FencedTransaction,
  uid: string,
  failures: WorkspaceFailures | null,
): Promise<void> {
  await tx
    .updateTable('workspaces')
    .set({ failures: failures === null ? null : toStorableJson(failures) })
    .where('uid', '=', uid)
    .execute();
}
