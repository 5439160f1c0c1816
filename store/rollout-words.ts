import { sql, type RawBuilder } from 'kysely';
import type { RolloutWord } from '../api/rollout.ts';
import { insertActivity } from './activity.ts';
import { notifyChanged } from './changes.ts';
import type { Transaction } from './db.ts';
import { TABLE_BY_KIND } from './kind-tables.ts';

/** Whose rollouts somebody speaks of. */
export interface RolloutTarget {
  readonly kind: 'WorkspaceClass' | 'Org';
  /** '' for a class. */
  readonly namespace: string;
  readonly name: string;
}

/** What was stored; `uid` is that of the class or Org. */
export interface StoredWord {
  readonly uid: string;
  readonly word: RolloutWord;
}

/** Of a class or an Org; undefined when there is none. */
async function findRolloutWord(
  tx: Transaction,
  { kind, namespace, name }: RolloutTarget,
): Promise<StoredWord | undefined> {
  const { rows } = await sql<StoredWord>`
    select uid, rollout as word from ${sql.table(TABLE_BY_KIND[kind])}
     where namespace = ${namespace} and name = ${name} for update`.execute(tx);
  return rows[0];
}

/** Nobody is taken down for a change from here on; what is paused already stays as it is, with who said so. */
export async function pauseRollout(
  tx: Transaction,
  target: RolloutTarget,
  by: string,
): Promise<void> {
  const found = await findRolloutWord(tx, target);
  if (found !== undefined && found.word.pausedAt === undefined) {
    await store(
      tx,
      target,
      sql`rollout || jsonb_build_object('pausedAt', ${NOW}, 'pausedBy', ${by}::text)`,
    );
    await tell(tx, target, { action: 'RolloutPaused', verb: 'paused', by });
  }
}

/** Changes go on, and every failure there is now is accepted. */
export async function resumeRollout(
  tx: Transaction,
  target: RolloutTarget,
  by: string,
): Promise<void> {
  await store(
    tx,
    target,
    sql`rollout - 'pausedAt' - 'pausedBy' || jsonb_build_object('resumedAt', ${NOW}, 'resumedBy', ${by}::text)`,
  );
  await tell(tx, target, { action: 'RolloutResumed', verb: 'resumed', by });
}

/** As `Date.toISOString` writes it: these texts are compared. */
const NOW = sql`to_char(now() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

async function store(
  tx: Transaction,
  { kind, namespace, name }: RolloutTarget,
  rollout: RawBuilder<unknown>,
): Promise<void> {
  await sql`update ${sql.table(TABLE_BY_KIND[kind])} set rollout = ${rollout}
             where namespace = ${namespace} and name = ${name}`.execute(tx);
  // Those that wait are known to the leader alone.
  await notifyChanged(tx, 'everything');
}

async function tell(
  tx: Transaction,
  { kind, namespace, name }: RolloutTarget,
  { action, verb, by }: { readonly action: string; readonly verb: string; readonly by: string },
): Promise<void> {
  const what = kind === 'Org' ? `org "${namespace}/${name}"` : `class "${name}"`;
  await insertActivity(tx, [
    {
      ...{ namespace, name, action },
      reason: 'Requested',
      message: `rollouts of ${what} were ${verb} by ${by}`,
      data: { kind, by },
    },
  ]);
}
