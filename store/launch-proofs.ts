import { sql } from 'kysely';
import type { Transaction } from './db.ts';
import type { LaunchRecord } from './launch-record.ts';

/** What a launch proves about an instance. */
export type LaunchProof = Pick<
  LaunchRecord,
  'workspaceUid' | 'attempt' | 'backend' | 'token' | 'state' | 'instanceId'
>;

/** Workspaces that are read in one go: some 3 ms. Ten thousand at once would hold up every heartbeat for fifty. */
const SLICE = 500;

/** Of every attempt of these workspaces. Not the whole rows: of 10,000 workspaces they were 30 MB (bench/heartbeats.ts). */
export async function readLaunchProofs(
  tx: Transaction,
  workspaceUids: readonly string[],
): Promise<readonly LaunchProof[]> {
  const proofs: LaunchProof[] = [];
  for (let from = 0; from < workspaceUids.length; from += SLICE) {
    proofs.push(...(await readSlice(tx, workspaceUids.slice(from, from + SLICE))));
  }
  return proofs;
}

async function readSlice(
  tx: Transaction,
  workspaceUids: readonly string[],
): Promise<readonly LaunchProof[]> {
  const rows = await tx
    .selectFrom('launches')
    .select(['workspace_uid', 'attempt', 'backend', 'token', 'state', 'instance_id'])
    .where('workspace_uid', '=', sql<string>`any(${[...workspaceUids]}::text[])`)
    .execute();
  return rows.map(({ workspace_uid: workspaceUid, instance_id: instanceId, ...row }) => ({
    ...row,
    workspaceUid,
    ...(instanceId !== null && { instanceId }),
  }));
}
