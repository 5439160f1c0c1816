import { sql } from 'kysely';
import type { ClassHold, ResolvedClass } from '../api/class-status.ts';
import type { WorkspaceClassSpec } from '../api/workspace-class.ts';
import { notifyChanged } from './changes.ts';
import type { FencedTransaction } from './fencing.ts';
import { toStorableJson } from './storable.ts';

/** Keeps what the provider says of a class; nothing when the class has changed, or was declared anew, since it was asked. */
export async function storeResolvedClass(
  tx: FencedTransaction,
  asked: { readonly name: string; readonly spec: WorkspaceClassSpec },
  resolved: ResolvedClass,
): Promise<void> {
  await sql`
    update classes set status = jsonb_set(status, '{resolved}', ${toStorableJson(resolved)}::jsonb)
     where name = ${asked.name} and generation = ${resolved.generation}
       and spec = ${toStorableJson(asked.spec)}::jsonb`.execute(tx);
}

/**
 * Puts a class on hold, or keeps it there: after a probe, or when the next one was due and something else was refused. Of several
 * calls under way at once, only the first refusal counts.
 */
export async function storeHold(
  tx: FencedTransaction,
  className: string,
  hold: ClassHold,
): Promise<void> {
  await sql`
    update classes set status = jsonb_set(status, '{hold}', ${toStorableJson(hold)}::jsonb)
     where name = ${className} and generation = ${hold.generation}
       and (status->'hold' is null or (status#>>'{hold,generation}')::int <> generation
            or status#>>'{hold,lastProbeAt}' = ${hold.lastProbeAt}
            or (status#>>'{hold,until}')::timestamptz <= ${hold.lastProbeAt}::timestamptz)`.execute(
    tx,
  );
}

/** Takes the next probe of a held class for one workspace. False when another has taken it since `seen` was read. */
export async function takeProbe(
  tx: FencedTransaction,
  className: string,
  { seen, probing }: { readonly seen: ClassHold; readonly probing: ClassHold },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update classes set status = jsonb_set(status, '{hold}', ${toStorableJson(probing)}::jsonb)
     where name = ${className} and status->'hold' = ${toStorableJson(seen)}::jsonb`.execute(tx);
  return numAffectedRows === 1n;
}

/** A probe was let through: everybody who waits may go on. */
export async function endHold(tx: FencedTransaction, className: string): Promise<void> {
  const { numAffectedRows } = await sql`
    update classes set status = status - 'hold'
     where name = ${className} and status ? 'hold'`.execute(tx);
  if (numAffectedRows !== 0n) {
    await notifyChanged(tx, 'everything');
  }
}

/** Room has appeared: the next probe is due `leastSeconds` after the last one, if that is sooner. */
export async function probeSooner(
  tx: FencedTransaction,
  className: string,
  leastSeconds: number,
): Promise<void> {
  const due = sql`greatest((status#>>'{hold,lastProbeAt}')::timestamptz + ${leastSeconds} * interval '1 second', now())`;
  const { numAffectedRows } = await sql`
    update classes
       set status = jsonb_set(status, '{hold,until}', to_jsonb(to_char(${due} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
     where name = ${className} and (status#>>'{hold,until}')::timestamptz > ${due}`.execute(tx);
  if (numAffectedRows !== 0n) {
    await notifyChanged(tx, 'everything');
  }
}
