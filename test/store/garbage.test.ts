import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { ConflictError } from '../../lib/errors.ts';
import { inTransaction } from '../../store/db.ts';
import { acquireEpoch } from '../../store/epoch.ts';
import { fenced, type FencedTransaction, type Leadership } from '../../store/fencing.ts';
import {
  approveBreaker,
  approveGarbage,
  listGarbage,
  markGarbageGone,
  readBreaker,
  readGarbageSnapshot,
  storeBreaker,
  upsertGarbage,
} from '../../store/garbage.ts';
import type { GarbageDecision } from '../../store/tables.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { apply, workspace } from './declarations.ts';

const OPEN = {
  reason: 'TooMuchGarbage',
  message: '9 of 10 instances look like garbage',
  digest: 'abc',
  liveRecords: 10,
};

let database: TestDatabase;
let leadership: Leadership;

beforeAll(async () => {
  database = await createTestDatabase();
  leadership = (await acquireEpoch(database.db, 'test', 15)) ?? { epoch: -1, holder: '' };
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await sql`truncate workspaces, launches, garbage, garbage_breaker cascade`.execute(database.db);
});

async function write(work: (tx: FencedTransaction) => Promise<void>): Promise<void> {
  await fenced(database.db, leadership, work);
}

async function note(
  instanceId: string,
  decision: GarbageDecision,
  backend = 'process',
): Promise<void> {
  const evidence = { launch: 'none' };
  const seen = { backend, instanceId, workspaceUid: 'uid-ada', attempt: 1, evidence, decision };
  await write((tx) => upsertGarbage(tx, seen));
}

async function approve(instanceId: string, backend = 'process'): Promise<void> {
  await inTransaction(database.db, (tx) =>
    approveGarbage(tx, { backend, instanceId, by: 'an operator' }),
  );
}

async function decisionsOf(): Promise<readonly (string | undefined)[]> {
  const { rows } = await sql<{ decision: string }>`
    select decision from garbage order by instance_id`.execute(database.db);
  return rows.map(({ decision }) => decision);
}

describe('an instance that belongs to nobody', () => {
  it('is listed with its evidence and when it was seen first', async () => {
    await note('i-1', 'unclaimed');
    const [before] = await listGarbage(database.db);
    await note('i-1', 'unclaimed');
    const [after] = await listGarbage(database.db);

    expect(after).toMatchObject({
      backend: 'process',
      instanceId: 'i-1',
      evidence: { launch: 'none' },
      decision: 'unclaimed',
    });
    expect(after?.firstSeenAt).toEqual(before?.firstSeenAt);
    expect(after).not.toHaveProperty('approvedBy');
  });

  it('stays approved, and by whom, when it is seen again', async () => {
    await note('i-1', 'unclaimed');
    await approve('i-1');
    await note('i-1', 'approved');

    expect(await listGarbage(database.db)).toMatchObject([
      { decision: 'approved', approvedBy: 'an operator' },
    ]);
  });

  it('can be approved only while it is unclaimed', async () => {
    await note('i-1', 'reported');

    await expect(approve('i-1')).rejects.toThrow(ConflictError);
    await expect(approve('i-2')).rejects.toThrow(ConflictError);
  });

  it('is gone when the list of its backend does not show it', async () => {
    await note('i-1', 'unclaimed');
    await note('i-2', 'deleting');
    await note('i-3', 'unclaimed');
    await note('c-1', 'unclaimed', 'docker');

    await write((tx) => markGarbageGone(tx, 'process', ['i-3']));

    expect(await decisionsOf()).toEqual(['unclaimed', 'gone', 'terminated', 'unclaimed']);
    expect(await listGarbage(database.db)).toHaveLength(2);
  });
});

describe('what a pass decides from', () => {
  it('is every record, the launches of what was listed, and what is not gone', async () => {
    await apply(database.db, [workspace('ada'), workspace('bob')]);
    await sql`
      insert into launches (workspace_uid, attempt, namespace, name, class_name, backend, token, params,
                            inputs_hash, config_hash, state)
      values ('uid-1', 1, 'default', 'a', 'local', 'process', 't1', '{}', '', '', 'closed'),
             ('uid-2', 1, 'default', 'b', 'local', 'process', 't2', '{}', '', '', 'closed')`.execute(
      database.db,
    );
    await note('i-1', 'unclaimed');
    // More than are read in one go.
    const others = Array.from({ length: 500 }, (_, index) => `other-${index}`);

    const snapshot = await readGarbageSnapshot(database.db, [...others, 'uid-1']);

    expect(snapshot.recordUids.size).toBe(2);
    expect(snapshot.launches.map(({ workspaceUid }) => workspaceUid)).toEqual(['uid-1']);
    expect(snapshot.strayCount).toBe(1);
    expect(snapshot.breaker).toEqual({ liveRecords: 0 });
  });

  it('is an approval for one instance of one backend', async () => {
    await note('x-1', 'unclaimed', 'process');
    await note('x-1', 'unclaimed', 'docker');
    await note('x-2', 'unclaimed', 'process');
    await approve('x-1', 'docker');

    const { approvedIds } = await readGarbageSnapshot(database.db, []);

    expect([...approvedIds('docker')]).toEqual(['x-1']);
    expect([...approvedIds('process')]).toEqual([]);
  });
});

describe('the breaker', () => {
  it('is closed before the first pass', async () => {
    expect(await readBreaker(database.db)).toEqual({ liveRecords: 0 });
  });

  it('keeps since when it is open, while it stays open', async () => {
    const openedAt = async (): Promise<unknown> =>
      (await database.db.selectFrom('garbage_breaker').select('opened_at').executeTakeFirst())
        ?.opened_at;
    await write((tx) => storeBreaker(tx, OPEN));
    const before = await openedAt();
    await write((tx) => storeBreaker(tx, { ...OPEN, digest: 'def' }));

    expect(await openedAt()).toEqual(before);
    await write((tx) => storeBreaker(tx, { liveRecords: 10 }));
    expect(await openedAt()).toBeNull();
  });

  it('takes an approval of exactly the list that is halted', async () => {
    await write((tx) => storeBreaker(tx, OPEN));
    const approveDigest = (digest: string): Promise<void> =>
      inTransaction(database.db, (tx) => approveBreaker(tx, { digest, by: 'an operator' }));

    await expect(approveDigest('another')).rejects.toThrow(ConflictError);
    await approveDigest('abc');

    expect(await readBreaker(database.db)).toMatchObject({ digest: 'abc', approvedDigest: 'abc' });
  });
});
