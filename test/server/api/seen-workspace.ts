import type { Phase } from '../../../api/conditions.ts';
import type { Db } from '../../../store/db.ts';
import type { Hibernation } from '../../../store/workspace-facts.ts';
import { findWorkspace } from '../../../store/workspaces.ts';

export interface Seen {
  readonly phase: Phase;
  /** Where its agent listens. */
  readonly url?: string;
  /** Default: `process`. */
  readonly backend?: string;
  /** It runs elsewhere: no instance of ours is there. */
  readonly isElsewhere?: boolean;
  /** The wake request known to its claim; none: it is not claimed. */
  readonly claimedAtWake?: string;
  /** Active tasks by attempt, the last one open; none: it never spoke. */
  readonly tasks?: { readonly attempt: number; readonly active: number };
}

/** What a reconciler and an agent would have written of workspace `ada`. Answers its uid. */
export async function see(
  db: Db,
  { phase, url, backend = 'process', isElsewhere = false, claimedAtWake, tasks }: Seen,
): Promise<string> {
  const { uid } = (await findWorkspace(db, 'default', 'ada')) ?? { uid: '' };
  const hibernation: Partial<Hibernation> | null =
    claimedAtWake === undefined
      ? null
      : { claimedAt: CLAIMED_AT, reason: 'Idle', wakeRequest: claimedAtWake };
  await db
    .updateTable('workspaces')
    .set({
      phase,
      status: JSON.stringify({
        phase,
        conditions: [],
        ...(url !== undefined && { url }),
        ...(!isElsewhere && { backend: { type: backend, id: 'i-1' } }),
      }),
      status_hash: phase,
      hibernation: hibernation && JSON.stringify(hibernation),
    })
    .where('uid', '=', uid)
    .execute();
  for (const { attempt, active } of [tasks].flatMap((one) => one ?? [])) {
    await report(db, { uid, attempt, active });
  }
  return uid;
}

export const CLAIMED_AT = '2026-01-01T00:00:00.000Z';

/** The open attempt is the second. */
const OPEN_ATTEMPT = 2;

async function report(
  db: Db,
  { uid, attempt, active }: { uid: string; attempt: number; active: number },
): Promise<void> {
  await db
    .insertInto('launches')
    .values({
      workspace_uid: uid,
      attempt: OPEN_ATTEMPT,
      namespace: 'default',
      name: 'ada',
      class_name: 'local',
      backend: 'process',
      token: uid,
      params: '{}',
      inputs_hash: '',
      config_hash: '',
      state: 'launched',
    })
    .execute();
  await db
    .insertInto('agent_reports')
    .values({
      workspace_uid: uid,
      attempt,
      active_tasks: active,
      activity_at: new Date(0),
      metadata: '{}',
    })
    .execute();
}
