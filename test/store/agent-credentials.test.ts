import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { sha256Hex } from '../../lib/hash.ts';
import {
  findSealedInboundSecret,
  hasCredentials,
  storeCredentials,
} from '../../store/agent-credentials.ts';
import { acquireEpoch } from '../../store/epoch.ts';
import { fenced, type Leadership } from '../../store/fencing.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const KEY = { workspaceUid: 'uid-ada', attempt: 3 };

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
  await sql`truncate credentials`.execute(database.db);
});

async function store(token: string, key = KEY): Promise<void> {
  const row = { ...key, tokenHash: sha256Hex(token), sealedInboundSecret: `sealed-${key.attempt}` };
  await fenced(database.db, leadership, (tx) => storeCredentials(tx, row));
}

describe('credentials', () => {
  it('are found by workspace and attempt', async () => {
    await store('first');

    expect(await hasCredentials(database.db, KEY)).toBe(true);
    expect(await findSealedInboundSecret(database.db, KEY)).toBe('sealed-3');
  });

  it('of another attempt or workspace are not taken for those of this one', async () => {
    await store('older', { ...KEY, attempt: 2 });
    await store('other', { ...KEY, workspaceUid: 'uid-ben' });

    expect(await hasCredentials(database.db, KEY)).toBe(false);
    expect(await findSealedInboundSecret(database.db, KEY)).toBeUndefined();
  });

  it('are several for an attempt that was started again', async () => {
    await store('first');
    await store('second');

    expect(await database.db.selectFrom('credentials').select('revoked_at').execute()).toEqual([
      { revoked_at: null },
      { revoked_at: null },
    ]);
  });

  it('that are all revoked count as none', async () => {
    await store('first');
    await sql`update credentials set revoked_at = now()`.execute(database.db);

    expect(await hasCredentials(database.db, KEY)).toBe(false);
  });

  it('hold no token', async () => {
    await store('planted-token');

    const rows = await database.db.selectFrom('credentials').selectAll().execute();

    expect(JSON.stringify(rows)).not.toContain('planted-token');
  });
});
