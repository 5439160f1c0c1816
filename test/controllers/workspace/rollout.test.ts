import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { RolloutBudget } from '../../../controllers/workspace/rollout.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { WANTED } from './builders.ts';

let database: TestDatabase;
let budget: RolloutBudget;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await sql`truncate workspaces`.execute(database.db);
  budget = new RolloutBudget(database.db);
});

/** Workspaces that run as they should. */
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

/** Asks for `uid` to go down, and stores so when it may. */
async function takeDown(uid: string, maxUnavailable?: number): Promise<boolean> {
  return await budget.takeDown({
    uid,
    wanted: {
      className: 'local',
      classSpec: {
        ...WANTED.classSpec,
        ...(maxUnavailable !== undefined && { rollout: { maxUnavailable } }),
      },
    },
    storeDown: () => set(uid, 'Provisioning', false),
  });
}

describe('the budget of a rollout', () => {
  it('is one workspace of a class at a time, where the class does not say', async () => {
    await online('ada', 'bob');

    expect(await takeDown('ada')).toBe(true);
    expect(await takeDown('bob')).toBe(false);
    await set('ada', 'Online', true);
    expect(await takeDown('bob')).toBe(true);
  });

  it('is what the class says', async () => {
    await online('ada', 'bob', 'carl');

    expect(await takeDown('ada', 2)).toBe(true);
    expect(await takeDown('bob', 2)).toBe(true);
    expect(await takeDown('carl', 2)).toBe(false);
  });

  it('is never exceeded by those that ask at once', async () => {
    await online('ada', 'bob', 'carl');

    const answers = await Promise.all([takeDown('ada'), takeDown('bob'), takeDown('carl')]);

    expect(answers).toEqual([true, false, false]);
  });

  it('is used up by one that is down for another reason', async () => {
    await online('ada', 'bob');
    await set('ada', 'Offline', false);

    expect(await takeDown('bob')).toBe(false);
  });

  it('does not count the one that asks, so that a crash after its turn keeps nobody waiting', async () => {
    await online('ada');
    await takeDown('ada');

    expect(await new RolloutBudget(database.db).takeDown(again())).toBe(true);
  });

  it('is kept in the statuses: the next controller knows who is down', async () => {
    await online('ada', 'bob');
    await takeDown('ada');
    budget = new RolloutBudget(database.db);

    expect(await takeDown('bob')).toBe(false);
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
    await takeDown('ada');

    await change.execute(database.db);

    expect(await takeDown('bob')).toBe(true);
  });

  it('is given back when the status could not be stored, and goes to the next', async () => {
    await online('ada', 'bob');
    const storeDown = (): Promise<void> => Promise.reject(new Error('away'));

    await expect(budget.takeDown({ ...again(), storeDown })).rejects.toThrow('away');

    expect(await takeDown('bob')).toBe(true);
  });

  function again() {
    const { className, classSpec } = WANTED;
    const storeDown = (): Promise<void> => set('ada', 'Provisioning', false);
    return { uid: 'ada', wanted: { className, classSpec }, storeDown };
  }
});

describe('those that wait for their turn', () => {
  it('are woken one by one, in the order of asking', async () => {
    await online('ada', 'bob', 'carl');
    await takeDown('ada');
    await takeDown('bob');
    await takeDown('carl');

    expect(budget.takeNext('local')).toEqual(['bob']);
    expect(budget.takeNext('local')).toEqual(['carl']);
    expect(budget.takeNext('local')).toEqual([]);
  });

  it('are those of the same class', async () => {
    await online('ada', 'bob');
    await takeDown('ada');
    await takeDown('bob');

    expect(budget.takeNext('large')).toEqual([]);
  });

  it('are no longer among them when they had it', async () => {
    await online('ada', 'bob');
    await takeDown('ada');
    await takeDown('bob');
    await set('ada', 'Online', true);
    await takeDown('bob');

    expect(budget.takeNext('local')).toEqual([]);
  });
});
