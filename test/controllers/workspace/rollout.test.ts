import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { Rollouts, type Hold, type Progress } from '../../../controllers/workspace/rollout.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

let database: TestDatabase;
let rollouts: Rollouts;
let nowMs: number;
let woken: string[];
/** Who is about to be looked at. */
let queued: readonly string[];
/** Who runs something else than what is wanted. */
let due: readonly string[];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await sql`truncate workspaces`.execute(database.db);
  nowMs = 0;
  [woken, queued, due] = [[], [], []];
  startController();
});

function startController(): void {
  rollouts = new Rollouts({
    db: database.db,
    clock: { monotonicMs: () => nowMs },
    enqueue: (uids) => {
      woken.push(...uids);
    },
    queued: () => queued,
  });
}

/** Workspaces that run as they should, each named as its uid. */
async function online(...uids: readonly string[]): Promise<void> {
  for (const uid of uids) {
    await sql`
      insert into workspaces (uid, namespace, name, apply_set, labels, annotations, spec, spec_hash, generation,
                              directories, requests, status, phase, ready)
      values (${uid}, 'default', ${uid}, 'cli', '{}', '{}', '{}', '', 1, '{}', '{}',
              '{"resolved": {"class": "local"}, "conditions": [{"type": "Accepted", "status": "True"}]}',
              'Online', true)`.execute(database.db);
  }
}

async function set(uid: string, phase: string, isReady: boolean): Promise<void> {
  await sql`update workspaces set phase = ${phase}, ready = ${isReady} where uid = ${uid}`.execute(
    database.db,
  );
}

/** It is up again, and the reconciler says so. */
async function comeBack(uid: string): Promise<void> {
  await set(uid, 'Online', true);
  rollouts.wakeNext(LOCAL);
}

const LOCAL = { className: 'local', ownerUid: undefined };

interface Asking {
  readonly maxUnavailable?: number;
  readonly ancestors?: readonly string[];
  readonly progress?: Partial<Progress>;
  readonly storeDown?: () => Promise<void>;
}

/** Asks for `uid` to go down, and stores so when it may. */
async function ask(uid: string, asking: Asking = {}): Promise<Hold | undefined> {
  const { maxUnavailable = 1, ancestors = [], progress = {} } = asking;
  const { storeDown = () => set(uid, 'Provisioning', false) } = asking;
  const asker = { uid, ...LOCAL, maxUnavailable };
  const progressOf = (other: string): Promise<Progress> =>
    Promise.resolve({
      ...{ ...asker, uid: other, name: other },
      ...{ isDue: due.includes(other), canComeBack: true, ...progress },
    });
  return await rollouts.takeDown(
    { ...asker, namespace: 'default', name: uid, ancestors, progressOf },
    storeDown,
  );
}

async function mayGo(uid: string, asking: Asking = {}): Promise<boolean> {
  return (await ask(uid, asking)) === undefined;
}

describe('the budget of a rollout', () => {
  it('is one workspace of a class at a time', async () => {
    await online('ada', 'bob');

    expect(await mayGo('ada')).toBe(true);
    expect(await mayGo('bob')).toBe(false);
    await comeBack('ada');
    expect(await mayGo('bob')).toBe(true);
  });

  it('is what the class says', async () => {
    await online('ada', 'bob', 'carl');

    expect(await mayGo('ada', { maxUnavailable: 2 })).toBe(true);
    expect(await mayGo('bob', { maxUnavailable: 2 })).toBe(true);
    expect(await mayGo('carl', { maxUnavailable: 2 })).toBe(false);
  });

  it('is never exceeded by those that ask at once', async () => {
    await online('ada', 'bob', 'carl');

    const answers = await Promise.all([mayGo('ada'), mayGo('bob'), mayGo('carl')]);

    expect(answers).toEqual([true, false, false]);
  });

  it('is used up by one that is down for another reason', async () => {
    await online('ada', 'bob');
    await set('ada', 'Offline', false);

    expect(await mayGo('bob')).toBe(false);
  });

  it('does not count the one that asks, so that a crash after its turn keeps nobody waiting', async () => {
    await online('ada');
    await mayGo('ada');
    startController();

    expect(await mayGo('ada')).toBe(true);
  });

  it('does not count the one that asks either when somebody else was just refused', async () => {
    await online('ada', 'bob');
    await mayGo('ada');
    await mayGo('bob');

    expect(await mayGo('ada')).toBe(true);
  });

  it('is kept in the statuses: the next controller knows who is down', async () => {
    await online('ada', 'bob');
    await mayGo('ada');
    startController();

    expect(await mayGo('bob')).toBe(false);
  });

  it.each([
    ['is deleted', sql`update workspaces set deletion_requested_at = now() where uid = 'ada'`],
    ['is gone', sql`delete from workspaces where uid = 'ada'`],
    ['is paused', sql`update workspaces set phase = 'Paused', ready = true where uid = 'ada'`],
    [
      'has left the class',
      sql`update workspaces set status = '{"resolved": {"class": "large"}}' where uid = 'ada'`,
    ],
    [
      'cannot run any more',
      sql`update workspaces set status = '{"resolved": {"class": "local"}, "conditions": []}'
           where uid = 'ada'`,
    ],
  ])('is given back by one that %s', async (_title, change) => {
    await online('ada', 'bob');
    await mayGo('ada');

    await change.execute(database.db);

    expect(await mayGo('bob')).toBe(true);
  });

  it('is given back when the status could not be stored, and goes to the next', async () => {
    await online('ada', 'bob');
    const storeDown = (): Promise<void> => Promise.reject(new Error('away'));

    await expect(ask('ada', { storeDown })).rejects.toThrow('away');

    expect(await mayGo('bob')).toBe(true);
  });

  it('is not read again for each of many that ask within a second', async () => {
    await online('ada', 'bob', 'carl');
    await mayGo('ada');
    await mayGo('bob');
    await set('ada', 'Online', true);

    expect(await mayGo('carl')).toBe(false);
    nowMs += 1000;
    expect(await mayGo('carl')).toBe(true);
  });
});

describe('those that wait for their turn', () => {
  it('are woken one by one, by name', async () => {
    await online('ada', 'bob', 'carl');
    await mayGo('ada');
    await mayGo('carl');
    await mayGo('bob');
    woken = [];

    await comeBack('ada');
    expect(woken).toEqual(['bob']);
    await mayGo('bob');
    woken = [];
    await comeBack('bob');
    expect(woken).toEqual(['carl']);
  });

  it('are woken parents first', async () => {
    await online('ada', 'bob', 'carl');
    await mayGo('ada');
    await mayGo('bob', { ancestors: ['root'] });
    await mayGo('carl');
    woken = [];

    await comeBack('ada');

    expect(woken).toEqual(['carl']);
  });

  it('are woken as long as there is room', async () => {
    await online('ada', 'bob', 'carl');
    await set('ada', 'Offline', false);
    await mayGo('bob');
    await mayGo('carl');
    await set('ada', 'Online', true);
    nowMs += 1000;
    woken = [];

    await mayGo('bob', { maxUnavailable: 2 });

    expect(woken).toEqual(['carl']);
  });

  it('are those of the same class', async () => {
    await online('ada', 'bob');
    await mayGo('ada');
    await mayGo('bob');
    woken = [];

    rollouts.wakeNext({ className: 'large', ownerUid: undefined });

    expect(woken).toEqual([]);
  });

  it('are woken now and then in case nobody told', async () => {
    await online('ada', 'bob', 'carl');
    await mayGo('ada');
    await mayGo('bob');
    await mayGo('carl');
    woken = [];

    rollouts.wakeFirst();

    expect(woken).toEqual(['bob']);
  });

  it('are no longer among them when they had it, or do not want it any more', async () => {
    await online('ada', 'bob', 'carl');
    await mayGo('ada');
    await mayGo('bob');
    await mayGo('carl');
    await comeBack('ada');
    await mayGo('bob');
    rollouts.forget('carl');
    woken = [];

    rollouts.wakeFirst();

    expect(woken).toEqual([]);
  });

  it('are all told when the rollout is stopped, and once', async () => {
    await online('ada', 'bob', 'carl');
    await mayGo('ada');
    await mayGo('bob');
    await mayGo('carl');
    const failure = { at: '2026-01-01T00:00:00Z', reason: 'CrashLoopBackOff' };
    const mark = { downSince: failure.at, deadline: failure.at, failure };
    await sql`update workspaces set status = status || ${JSON.stringify({ rollout: mark })}::jsonb
               where uid = 'ada'`.execute(database.db);
    rollouts.wakeFirst();
    woken = [];

    const hold = await ask('bob');
    await ask('carl');

    expect(hold).toEqual({
      kind: 'Stopped',
      message:
        'its change waits: the rollout of class "local" is stopped, because default/ada did not come back (CrashLoopBackOff)',
    });
    expect(woken.toSorted()).toEqual(['bob', 'carl']);
  });
});

describe('the order of a rollout', () => {
  const below = { ancestors: ['parent', 'root'], maxUnavailable: 5 };

  it('has an ancestor that is due before what is below it, and wakes it', async () => {
    await online('root', 'parent', 'ada');
    due = ['parent'];

    expect(await ask('ada', below)).toMatchObject({
      kind: 'Order',
      message: 'its change waits for its ancestor "parent", which comes first',
    });
    expect(woken).toEqual(['parent']);
  });

  it('has the root before all others', async () => {
    await online('root', 'parent', 'ada');
    due = ['parent', 'root'];

    expect((await ask('ada', below))?.message).toContain('"root"');
  });

  it('goes on below an ancestor when that is up again', async () => {
    await online('root', 'parent', 'ada');
    await mayGo('parent', { ancestors: ['root'], maxUnavailable: 5 });
    await sql`update workspaces set status = status || '{"rollout": {"downSince": "2026-01-01T00:00:00Z", "deadline": "2999-01-01T00:00:00Z"}}'
               where uid = 'parent'`.execute(database.db);

    expect((await ask('ada', below))?.message).toContain('"parent"');
    await comeBack('parent');
    expect(await mayGo('ada', below)).toBe(true);
  });

  it.each<readonly [string, Partial<Progress>]>([
    ['is of another class and no Org', { className: 'large' }],
    ['is of another class and another Org', { className: 'large', ownerUid: 'org-2' }],
  ])('does not wait for an ancestor that %s', async (_title, progress) => {
    await online('root', 'parent', 'ada');
    due = ['parent'];

    expect(await mayGo('ada', { ...below, progress })).toBe(true);
  });

  it('does not wait for an ancestor that is down and cannot come back', async () => {
    await online('parent', 'ada');
    await set('parent', 'Provisioning', false);
    await sql`update workspaces set status = status || '{"rollout": {"downSince": "2026-01-01T00:00:00Z", "deadline": "2999-01-01T00:00:00Z"}}'
               where uid = 'parent'`.execute(database.db);

    expect(await mayGo('ada', { ...below, progress: { canComeBack: false } })).toBe(true);
  });

  it('has siblings by name, also those that have not asked yet', async () => {
    await online('ada', 'bob');
    due = ['ada', 'bob'];
    queued = ['ada'];

    expect(await ask('bob')).toEqual({ kind: 'Order', message: 'its change waits for its turn' });
    expect(woken).toEqual(['ada']);
    expect(await mayGo('ada')).toBe(true);
  });

  it('does not wait for a sibling that is not due', async () => {
    await online('ada', 'bob');
    queued = ['ada'];

    expect(await mayGo('bob')).toBe(true);
  });
});
