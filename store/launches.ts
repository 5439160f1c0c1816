import { sql, type UpdateObject } from 'kysely';
import type { LaunchIntent, OwnerMarks, PreparedLaunch } from '../api/launch.ts';
import { ConflictError } from '../lib/errors.ts';
import { hashOf, sha256Hex } from '../lib/hash.ts';
import type { Db } from './db.ts';
import type { FencedTransaction } from './fencing.ts';
import { toLaunchRecord, type LaunchRecord, type LaunchRow } from './launch-record.ts';
import { toStorableJson } from './storable.ts';
import type { Database } from './tables.ts';

/** Names one attempt of one workspace. */
export interface AttemptKey {
  readonly workspaceUid: string;
  readonly attempt: number;
}

/** How long a closed row is kept after its record is gone; then it proves nothing any more (design §4). */
const LAUNCH_RETENTION_DAYS = 90;

/**
 * How long an attempt is kept that never had an instance: far longer than a call may still take effect. One that is
 * refused every five minutes leaves 288 rows a day, and every pass reads all rows of its workspace.
 */
const FUTILE_ATTEMPT_DAYS = 1;

/**
 * Stores the intent of a new attempt as `pending`, numbered by `nextAttempt`. The open-row index refuses a second open attempt.
 */
export async function insertLaunch(
  tx: FencedTransaction,
  launch: PreparedLaunch,
  options: { readonly installationId: string; readonly highestAttemptSeen: number },
): Promise<number> {
  const attempt = await nextAttempt(tx, launch.workspaceUid, options.highestAttemptSeen);
  await tx
    .insertInto('launches')
    .values({
      workspace_uid: launch.workspaceUid,
      attempt,
      namespace: launch.namespace,
      name: launch.name,
      class_name: launch.className,
      backend: launch.backend,
      token: launchToken(launch, { attempt, installationId: options.installationId }),
      params: JSON.stringify(launch.parameters),
      milli_cpus: launch.milliCpus,
      inputs_hash: launch.inputsHash,
      config_hash: launch.configHash,
      state: 'pending',
    })
    .execute();
  return attempt;
}

/**
 * One more than the highest attempt in the rows, in the credentials (agents elsewhere have no launch), or in
 * `highestAttemptSeen` (marks of instances), so no attempt is ever used twice, also after a restored backup.
 */
export async function nextAttempt(
  tx: FencedTransaction,
  workspaceUid: string,
  highestAttemptSeen: number,
): Promise<number> {
  const { rows } = await sql<{ readonly highest: number }>`
    select coalesce(max(attempt), 0)::int as highest
      from (select attempt from launches where workspace_uid = ${workspaceUid}
             union all select attempt from credentials where workspace_uid = ${workspaceUid}) as known`.execute(
    tx,
  );
  return Math.max(rows[0]?.highest ?? 0, highestAttemptSeen) + 1;
}

/** Idempotency key of one attempt: 64 hexadecimal characters, the limit of EC2's ClientToken (design §6). */
function launchToken(
  { workspaceUid, parameters }: PreparedLaunch,
  { installationId, attempt }: { readonly installationId: string; readonly attempt: number },
): string {
  const parts = [
    installationId,
    workspaceUid,
    attempt,
    parameters.placement,
    hashOf(parameters.details),
  ];
  return sha256Hex(parts.join('|'));
}

/**
 * Counts one launch call before it is sent and answers the permission to send it. Without a `configHash` the one that is noted stays.
 * Throws `ConflictError` when the attempt is not pending any more or was refused.
 */
export async function countCall(
  tx: FencedTransaction,
  { workspaceUid, attempt }: AttemptKey,
  options: { readonly installationId: string; readonly configHash: string | undefined },
): Promise<LaunchIntent> {
  const row = await tx
    .updateTable('launches')
    .set({
      calls_in_doubt: sql`calls_in_doubt + 1`,
      last_sent_at: sql`clock_timestamp()`,
      config_hash: options.configHash,
    })
    .where('workspace_uid', '=', workspaceUid)
    .where('attempt', '=', attempt)
    .where('state', '=', 'pending')
    .where('refused', 'is', null)
    .returning(['namespace', 'name', 'class_name', 'token', 'params'])
    .executeTakeFirst();
  if (row === undefined) {
    throw new ConflictError('counting a launch call: the attempt is not pending any more');
  }
  const marks: OwnerMarks = {
    installationId: options.installationId,
    workspaceUid,
    namespace: row.namespace,
    name: row.name,
    attempt,
    token: row.token,
    className: row.class_name,
  };
  return { marks, token: row.token, parameters: row.params } as LaunchIntent;
}

/** The call is known to have had no effect: it is not in doubt any more. */
export async function discountCall(tx: FencedTransaction, key: AttemptKey): Promise<void> {
  await updateLaunch(tx, key, ['pending'], {
    calls_in_doubt: sql`greatest(calls_in_doubt - 1, 0)`,
  });
}

/** A definite refusal speaks for its own call only; other calls stay in doubt. The attempt is never sent again. */
export async function storeRefusal(
  tx: FencedTransaction,
  key: AttemptKey,
  refused: { readonly reason: string; readonly message: string },
): Promise<void> {
  await updateLaunch(tx, key, ['pending'], {
    calls_in_doubt: sql`greatest(calls_in_doubt - 1, 0)`,
    refused: toStorableJson(refused),
  });
}

/** The instance is there: nothing is in doubt any more, every call of this token means this instance. */
export async function storeLaunched(
  tx: FencedTransaction,
  key: AttemptKey,
  instanceId: string,
): Promise<void> {
  await updateLaunch(tx, key, ['pending'], {
    state: 'launched',
    instance_id: instanceId,
    calls_in_doubt: 0,
    launched_at: sql`clock_timestamp()`,
  });
}

/** From here on the instance only goes; the next attempt opens when it was seen absent. */
export async function startClosing(tx: FencedTransaction, key: AttemptKey): Promise<void> {
  await updateLaunch(tx, key, ['launched'], { state: 'closing' });
}

/** The bundle that the next start delivers; stored before the start, so a crash in between starts again. */
export async function storeConfigHash(
  tx: FencedTransaction,
  key: AttemptKey,
  configHash: string,
): Promise<void> {
  await updateLaunch(tx, key, ['launched'], { config_hash: configHash });
}

/** Ends the attempt for ever. */
export async function closeLaunch(
  tx: FencedTransaction,
  key: AttemptKey,
  reason: string,
): Promise<void> {
  await updateLaunch(tx, key, ['pending', 'launched', 'closing'], {
    state: 'closed',
    close_reason: reason,
    closed_at: sql`clock_timestamp()`,
  });
}

/** The open attempt of a workspace, if any. */
export async function findOpenLaunch(
  db: Db,
  workspaceUid: string,
): Promise<LaunchRecord | undefined> {
  const { rows } = await sql<{ readonly row: LaunchRow }>`
    select to_jsonb(l) as row from launches l
     where l.workspace_uid = ${workspaceUid} and l.state <> 'closed'`.execute(db);
  return rows[0] && toLaunchRecord(rows[0].row);
}

/**
 * Removes closed rows that prove nothing any more, and answers how many: those older than `LAUNCH_RETENTION_DAYS` whose
 * record is gone, and those older than `FUTILE_ATTEMPT_DAYS` without an instance, but for the newest of each workspace,
 * because no attempt is ever used twice.
 */
export async function pruneLaunches(tx: FencedTransaction): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from launches l
     where state = 'closed'
       and ((closed_at < now() - ${LAUNCH_RETENTION_DAYS} * interval '1 day'
             and not exists (select 1 from workspaces where uid = l.workspace_uid))
         or (closed_at < now() - ${FUTILE_ATTEMPT_DAYS} * interval '1 day' and instance_id is null
             and exists (select 1 from launches newer
                          where newer.workspace_uid = l.workspace_uid
                            and newer.attempt > l.attempt)))`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

type LaunchChange = UpdateObject<Database, 'launches'>;

async function updateLaunch(
  tx: FencedTransaction,
  { workspaceUid, attempt }: AttemptKey,
  from: readonly LaunchRecord['state'][],
  change: LaunchChange,
): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('launches')
    .set(change)
    .where('workspace_uid', '=', workspaceUid)
    .where('attempt', '=', attempt)
    .where('state', 'in', from)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) {
    throw new ConflictError(`updating a launch: it is not ${from.join(' or ')} any more`);
  }
}
