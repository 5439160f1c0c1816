import { sql } from 'kysely';
import type { Harness } from './harness.ts';

/** What an agent said last, as far as it matters to a test. */
export interface Word {
  readonly activeTasks?: number;
  readonly isDegraded?: boolean;
  readonly runtimeState?: string;
  readonly sampleError?: string;
  /** Since its last activity. Default: 0. */
  readonly idleSeconds?: number;
}

/** The agent of the open attempt says something now, as the agent API would store it. */
export async function say(harness: Harness, name: string, word: Word = {}): Promise<void> {
  await harness.syncTime();
  const { activeTasks = 0, isDegraded = false, idleSeconds = 0 } = word;
  const { runtimeState = '', sampleError = null } = word;
  const { rows } = await sql<{ readonly workspace_uid: string }>`
    insert into agent_reports (workspace_uid, attempt, registered_at, heartbeat_at, activity_at,
                               active_tasks, is_degraded, runtime_state, sample_error, metadata)
    select workspace_uid, attempt, now(), now(), now() - ${idleSeconds} * interval '1 second',
           ${activeTasks}, ${isDegraded}, ${runtimeState}, ${sampleError}, '{}'
      from launches where name = ${name} and state <> 'closed'
    on conflict (workspace_uid) do update
       set attempt = excluded.attempt, heartbeat_at = excluded.heartbeat_at,
           activity_at = excluded.activity_at, active_tasks = excluded.active_tasks,
           is_degraded = excluded.is_degraded, runtime_state = excluded.runtime_state,
           sample_error = excluded.sample_error
    returning workspace_uid`.execute(harness.db);
  harness.process.leader.enqueue(rows.map((row) => row.workspace_uid));
}
