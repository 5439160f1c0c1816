import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { FencedError } from '../../lib/errors.ts';
import { acquireEpoch, releaseEpoch, renewEpoch } from '../../store/epoch.ts';
import { fenced, type FencedTransaction, type Leadership } from '../../store/fencing.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const LEASE_SECONDS = 15;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await sql`truncate controller_epoch, installation`.execute(database.db);
});

async function lead(holder: string, leaseSeconds = LEASE_SECONDS): Promise<Leadership> {
  const leadership = await acquireEpoch(database.db, holder, leaseSeconds);
  expect(leadership).toBeDefined();
  return leadership ?? { epoch: -1, holder };
}

/** As if the lease had not been renewed for that long. */
async function age(seconds: number): Promise<void> {
  await sql`update controller_epoch set renewed_at = renewed_at - make_interval(secs => ${seconds})`.execute(
    database.db,
  );
}

async function write(tx: FencedTransaction): Promise<void> {
  await tx.insertInto('installation').values({ id: 'written' }).execute();
}

async function countWritten(): Promise<number> {
  return (await database.db.selectFrom('installation').selectAll().execute()).length;
}

describe('acquireEpoch', () => {
  it('begins with epoch 1 and counts up with every new leader', async () => {
    const first = await lead('one');
    await releaseEpoch(database.db, first);

    expect(first).toEqual({ epoch: 1, holder: 'one' });
    expect(await acquireEpoch(database.db, 'two', LEASE_SECONDS)).toEqual({
      epoch: 2,
      holder: 'two',
    });
  });

  it('answers undefined while another holds a lease that is not over', async () => {
    await lead('one');
    await age(LEASE_SECONDS - 2);

    expect(await acquireEpoch(database.db, 'two', LEASE_SECONDS)).toBeUndefined();
  });

  it('takes over when the lease was not renewed in time', async () => {
    await lead('one');
    await age(LEASE_SECONDS + 1);

    expect(await acquireEpoch(database.db, 'two', LEASE_SECONDS)).toMatchObject({ holder: 'two' });
  });

  it('makes one leader of ten that ask at once', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `process-${index}`);

    const answers = await Promise.all(
      names.map((name) => acquireEpoch(database.db, name, LEASE_SECONDS)),
    );

    expect(answers.filter((answer) => answer !== undefined)).toHaveLength(1);
  });
});

describe('renewEpoch', () => {
  it('keeps the lease', async () => {
    const leadership = await lead('one');
    await age(LEASE_SECONDS + 1);

    expect(await renewEpoch(database.db, leadership)).toBe(true);
    expect(await acquireEpoch(database.db, 'two', LEASE_SECONDS)).toBeUndefined();
  });

  it('answers false once another leads', async () => {
    const old = await lead('one');
    await age(LEASE_SECONDS + 1);
    await lead('two');

    expect(await renewEpoch(database.db, old)).toBe(false);
  });
});

describe('releaseEpoch', () => {
  it('takes nothing away from another leader', async () => {
    const old = await lead('one');
    await age(LEASE_SECONDS + 1);
    const current = await lead('two');

    await releaseEpoch(database.db, old);

    expect(await renewEpoch(database.db, current)).toBe(true);
  });
});

describe('fenced', () => {
  it('commits what the leader writes', async () => {
    const leadership = await lead('one');

    await fenced(database.db, leadership, write);

    expect(await countWritten()).toBe(1);
  });

  it('rolls back when the work throws', async () => {
    const leadership = await lead('one');
    const work = async (tx: FencedTransaction): Promise<void> => {
      await write(tx);
      throw new Error('half way');
    };

    await expect(fenced(database.db, leadership, work)).rejects.toThrow('half way');
    expect(await countWritten()).toBe(0);
  });

  it('refuses the write of a leader whose epoch is over', async () => {
    const old = await lead('one');
    await age(LEASE_SECONDS + 1);
    await lead('two');

    await expect(fenced(database.db, old, write)).rejects.toThrow(FencedError);
    expect(await countWritten()).toBe(0);
  });

  it('refuses the same epoch of another holder, as after a restored backup', async () => {
    const { epoch } = await lead('one');

    await expect(fenced(database.db, { epoch, holder: 'restored' }, write)).rejects.toThrow(
      FencedError,
    );
  });

  it('refuses a leader whose database was emptied', async () => {
    const leadership = await lead('one');
    await sql`truncate controller_epoch`.execute(database.db);

    await expect(fenced(database.db, leadership, write)).rejects.toThrow('there is none');
  });

  it('refuses a leader that gave its lease up', async () => {
    const leadership = await lead('one');
    await releaseEpoch(database.db, leadership);

    await expect(fenced(database.db, leadership, write)).rejects.toThrow(FencedError);
  });

  it('lets the next leader begin only when the open transaction has ended', async () => {
    const old = await lead('one');
    await age(LEASE_SECONDS + 1);
    const order: string[] = [];
    let takeover: Promise<unknown> = Promise.resolve();

    await fenced(database.db, old, async (tx) => {
      takeover = acquireEpoch(database.db, 'two', LEASE_SECONDS).then(() =>
        order.push('took over'),
      );
      await awaitLockWaiter();
      await write(tx);
      order.push('wrote');
    });
    await takeover;

    expect(order).toEqual(['wrote', 'took over']);
  });

  it('does not hold up the renewal of its lease', async () => {
    const leadership = await lead('one');

    const isRenewed = await fenced(database.db, leadership, () =>
      renewEpoch(database.db, leadership),
    );

    expect(isRenewed).toBe(true);
  });
});

async function awaitLockWaiter(): Promise<void> {
  const giveUpAt = Date.now() + 10_000;
  let waiting = 0;
  while (waiting === 0 && Date.now() < giveUpAt) {
    const { rows } = await sql<{ count: number }>`
      select count(*) from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`.execute(database.db);
    waiting = rows[0]?.count ?? 0;
  }
  expect(waiting).toBe(1);
}
