import { sql } from 'kysely';
import type { OwnerMarks } from '../api/launch.ts';
import type { FencedTransaction } from './fencing.ts';

/** What an instance with our marks, and without a row, says of itself. */
export interface AdoptedLaunch {
  readonly marks: OwnerMarks;
  readonly backend: string;
  readonly instanceId: string;
  readonly launchedAt: Date;
  readonly inputsHash: string;
  readonly configHash: string;
  /** `closed` for an attempt older than the open one. */
  readonly state: 'launched' | 'closed';
}

/** Writes the row that a lost database had. Its parameters are unknown, and never needed: it is not sent again. */
export async function adoptLaunch(tx: FencedTransaction, adopted: AdoptedLaunch): Promise<void> {
  const { marks } = adopted;
  await tx
    .insertInto('launches')
    .values({
      workspace_uid: marks.workspaceUid,
      attempt: marks.attempt,
      namespace: marks.namespace,
      name: marks.name,
      class_name: marks.className,
      backend: adopted.backend,
      token: marks.token,
      params: JSON.stringify({ placement: '', details: {} }),
      inputs_hash: adopted.inputsHash,
      config_hash: adopted.configHash,
      state: adopted.state,
      instance_id: adopted.instanceId,
      launched_at: adopted.launchedAt,
      ...(adopted.state === 'closed' && {
        close_reason: 'Superseded',
        closed_at: sql<Date>`clock_timestamp()`,
      }),
    })
    .execute();
}
