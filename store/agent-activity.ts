import { sql } from 'kysely';
import type { Db, Transaction } from './db.ts';

/** Tasks that the agent of the open launch said it has; 0 when it has said nothing. */
export async function countActiveTasks(db: Db | Transaction, uid: string): Promise<number> {
  const report = await db
    .selectFrom('agent_reports as r')
    .innerJoin('launches as l', (join) =>
      join
        .onRef('l.workspace_uid', '=', 'r.workspace_uid')
        .onRef('l.attempt', '=', 'r.attempt')
        .on('l.state', '<>', 'closed'),
    )
    .select('r.active_tasks')
    .where('r.workspace_uid', '=', uid)
    .executeTakeFirst();
  return report?.active_tasks ?? 0;
}

/** Work for it has just come: it is not idle, whatever its next heartbeat says. Without a report there is nothing to do. */
export async function recordActivity(tx: Transaction, uid: string): Promise<void> {
  await tx
    .updateTable('agent_reports')
    .set({ activity_at: sql<Date>`now()` })
    .where('workspace_uid', '=', uid)
    .execute();
}
