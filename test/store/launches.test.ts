import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { PreparedLaunch } from '../../api/launch.ts';
import { ConflictError } from '../../lib/errors.ts';
import { acquireEpoch } from '../../store/epoch.ts';
import { fenced, type FencedTransaction, type Leadership } from '../../store/fencing.ts';
import type { LaunchRecord } from '../../store/launch-record.ts';
import {
  closeLaunch,
  countCall,
  discountCall,
  findOpenLaunch,
  insertLaunch,
  pruneLaunches,
  startClosing,
  storeConfigHash,
  storeLaunched,
  storeRefusal,
} from '../../store/launches.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const INSTALLATION = { installationId: 'installation' };
const CALL = { ...INSTALLATION, configHash: 'config-2' };
const KEY = { workspaceUid: 'uid-ada', attempt: 1 };
const PREPARED = {
  workspaceUid: 'uid-ada',
  namespace: 'default',
  name: 'ada',
  className: 'local',
  backend: 'process',
  parameters: { placement: '', details: { command: ['a'] } },
  inputsHash: 'inputs-1',
  configHash: 'config-1',
  // Only the pipeline makes one in earnest.
} as unknown as PreparedLaunch;

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
  await sql`truncate launches, workspaces`.execute(database.db);
});

async function write<T>(work: (tx: FencedTransaction) => Promise<T>): Promise<T> {
  return await fenced(database.db, leadership, work);
}

async function open(): Promise<LaunchRecord | undefined> {
  return await findOpenLaunch(database.db, 'uid-ada');
}

async function prepare(highestAttemptSeen = 0, change: Partial<PreparedLaunch> = {}) {
  return await write((tx) =>
    insertLaunch(tx, { ...PREPARED, ...change }, { ...INSTALLATION, highestAttemptSeen }),
  );
}

/** Opens and closes an attempt; answers its token. */
async function tokenOf(
  change: Partial<PreparedLaunch> = {},
  installationId = 'installation',
): Promise<string | undefined> {
  await sql`truncate launches`.execute(database.db);
  await write((tx) =>
    insertLaunch(tx, { ...PREPARED, ...change }, { installationId, highestAttemptSeen: 0 }),
  );
  const { workspaceUid } = { ...PREPARED, ...change };
  return (await findOpenLaunch(database.db, workspaceUid))?.token;
}

describe('an attempt', () => {
  it('begins pending, with frozen parameters and nothing in doubt', async () => {
    expect(await prepare()).toBe(1);
    expect(await open()).toMatchObject({
      attempt: 1,
      state: 'pending',
      callsInDoubt: 0,
      parameters: PREPARED.parameters,
    });
  });

  it('is numbered past every row and every number seen on an instance', async () => {
    await prepare();
    await write((tx) => closeLaunch(tx, KEY, 'NotWanted'));

    expect(await prepare()).toBe(2);
    await write((tx) => closeLaunch(tx, { ...KEY, attempt: 2 }, 'NotWanted'));
    expect(await prepare(7)).toBe(8);
  });

  it('is the only one that is open', async () => {
    await prepare();

    await expect(prepare()).rejects.toThrow('launches_one_open');
  });

  it('never goes back', async () => {
    await prepare();
    await write((tx) => storeLaunched(tx, KEY, 'i-1'));
    await write((tx) => startClosing(tx, KEY));
    const launchedAgain = write((tx) => storeLaunched(tx, KEY, 'i-2'));
    await expect(launchedAgain).rejects.toThrow(ConflictError);
    await write((tx) => closeLaunch(tx, KEY, 'Terminated'));

    await expect(write((tx) => startClosing(tx, KEY))).rejects.toThrow(ConflictError);
    await expect(write((tx) => storeConfigHash(tx, KEY, 'x'))).rejects.toThrow(ConflictError);
    await expect(write((tx) => countCall(tx, KEY, CALL))).rejects.toThrow(ConflictError);
    await expect(write((tx) => closeLaunch(tx, KEY, 'again'))).rejects.toThrow(ConflictError);
  });
});

describe('the launch token', () => {
  it('is 64 hexadecimal characters, the same for the same attempt of the same intent', async () => {
    const token = await tokenOf();

    expect(token).toMatch(/^[0-9a-f]{64}$/);
    expect(await tokenOf()).toBe(token);
  });

  it.each<readonly [string, Partial<PreparedLaunch>, string]>([
    ['another workspace', { workspaceUid: 'uid-bob' }, 'installation'],
    ['another installation', {}, 'other'],
    ['another place', { parameters: { ...PREPARED.parameters, placement: 'b' } }, 'installation'],
    ['other parameters', { parameters: { placement: '', details: {} } }, 'installation'],
  ])('is another one for %s', async (_title, change, installationId) => {
    expect(await tokenOf(change, installationId)).not.toBe(await tokenOf());
  });

  it('is another one for the next attempt', async () => {
    const first = await tokenOf();
    await write((tx) => closeLaunch(tx, KEY, 'NotWanted'));
    await prepare();

    expect((await open())?.token).not.toBe(first);
  });
});

describe('a call', () => {
  it('is counted before it is sent, and gets marks, token and the frozen parameters', async () => {
    await prepare();

    const intent = await write((tx) => countCall(tx, KEY, CALL));

    const row = await open();
    expect(row).toMatchObject({ callsInDoubt: 1, configHash: 'config-2' });
    expect(row?.lastSentAt).toBeInstanceOf(Date);
    expect(intent).toEqual({
      token: row?.token,
      parameters: PREPARED.parameters,
      marks: {
        installationId: 'installation',
        workspaceUid: 'uid-ada',
        namespace: 'default',
        name: 'ada',
        attempt: 1,
        token: row?.token,
        className: 'local',
      },
    });
  });

  it('leaves the hash that is noted when it is told none', async () => {
    await prepare();
    await write((tx) => countCall(tx, KEY, CALL));

    await write((tx) => countCall(tx, KEY, { ...INSTALLATION, configHash: undefined }));

    expect(await open()).toMatchObject({ callsInDoubt: 2, configHash: 'config-2' });
  });

  it('stays counted until an answer takes it off', async () => {
    await prepare();
    await write((tx) => countCall(tx, KEY, CALL));
    await write((tx) => countCall(tx, KEY, CALL));
    expect(await open()).toMatchObject({ callsInDoubt: 2 });

    await write((tx) => discountCall(tx, KEY));

    expect(await open()).toMatchObject({ callsInDoubt: 1 });
  });

  it('that is refused speaks for itself alone, and the attempt is never sent again', async () => {
    await prepare();
    await write((tx) => countCall(tx, KEY, CALL));
    await write((tx) => countCall(tx, KEY, CALL));
    await write((tx) => storeRefusal(tx, KEY, { reason: 'Unauthorized', message: 'no' }));

    expect(await open()).toMatchObject({
      callsInDoubt: 1,
      refused: { reason: 'Unauthorized', message: 'no' },
    });
    await expect(write((tx) => countCall(tx, KEY, CALL))).rejects.toThrow(ConflictError);
  });

  it('that has an instance ends every doubt: all calls of a token mean this instance', async () => {
    await prepare();
    await write((tx) => countCall(tx, KEY, CALL));
    await write((tx) => countCall(tx, KEY, CALL));
    await write((tx) => storeLaunched(tx, KEY, 'i-1'));

    expect(await open()).toMatchObject({ state: 'launched', instanceId: 'i-1', callsInDoubt: 0 });
  });
});

describe('closed rows', () => {
  async function closedDaysAgo(days: number): Promise<void> {
    await prepare();
    await write((tx) => closeLaunch(tx, KEY, 'Terminated'));
    await sql`update launches set closed_at = now() - make_interval(days => ${days})`.execute(
      database.db,
    );
  }

  async function declare(): Promise<void> {
    await sql`
      insert into workspaces (uid, namespace, name, apply_set, labels, annotations, spec, spec_hash,
                              generation, directories, requests, status)
      values ('uid-ada', 'default', 'ada', 'cli', '{}', '{}', '{}', '', 1, '{}', '{}', '{}')`.execute(
      database.db,
    );
  }

  it('outlive their record by 90 days', async () => {
    await closedDaysAgo(89);
    expect(await write(pruneLaunches)).toBe(0);

    await sql`update launches set closed_at = closed_at - interval '2 days'`.execute(database.db);

    expect(await write(pruneLaunches)).toBe(1);
  });

  it('stay as long as their record does', async () => {
    await declare();
    await closedDaysAgo(1000);

    expect(await write(pruneLaunches)).toBe(0);
  });

  it('go after a day where they never had an instance, but for the newest attempt', async () => {
    await declare();
    await closedDaysAgo(2);
    await prepare();
    await write((tx) => closeLaunch(tx, { ...KEY, attempt: 2 }, 'InsufficientCapacity'));
    await sql`update launches set closed_at = now() - interval '2 days'`.execute(database.db);

    expect(await write(pruneLaunches)).toBe(1);
    expect(await prepare()).toBe(3);
  });

  it('stay where they had an instance', async () => {
    await declare();
    await prepare();
    await write((tx) => storeLaunched(tx, KEY, 'i-1'));
    await write((tx) => closeLaunch(tx, KEY, 'Replaced'));
    await prepare();
    await sql`update launches set closed_at = now() - interval '2 days'`.execute(database.db);

    expect(await write(pruneLaunches)).toBe(0);
  });

  it('do not include one that is open, however old', async () => {
    await prepare();
    await sql`update launches set created_at = now() - interval '1000 days'`.execute(database.db);

    expect(await write(pruneLaunches)).toBe(0);
  });
});
