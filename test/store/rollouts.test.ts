import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { listEarlierSiblings, readRollout } from '../../store/rollouts.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { apply, childOf, workspace } from './declarations.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await sql`truncate workspaces cascade`.execute(database.db);
});

interface Said {
  readonly phase: string;
  readonly ready: boolean;
  readonly accepted: 'True' | 'False';
  readonly ownerUid?: string;
  readonly rollout?: object;
  readonly failures?: object;
}
const ONLINE: Said = { phase: 'Online', ready: true, accepted: 'True' };
const DOWN: Said = { phase: 'Provisioning', ready: false, accepted: 'True' };
const SINCE = '2026-01-01T12:00:00.000Z';
const FAILED = { failure: { at: SINCE, reason: 'CrashLoopBackOff' } };

/** What the reconciler would have written of a workspace of class `local`. */
async function set(name: string, said: Said): Promise<void> {
  const { phase, ready, accepted, ownerUid, rollout, failures } = said;
  const conditions = [
    { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: SINCE },
    { type: 'Accepted', status: accepted },
  ];
  const status = { resolved: { class: 'local' }, conditions, ...(rollout && { rollout }) };
  await sql`update workspaces
               set phase = ${phase}, ready = ${ready}, status = ${JSON.stringify(status)},
                   owner_uid = ${ownerUid ?? null},
                   failures = ${failures === undefined ? null : JSON.stringify(failures)}
             where name = ${name}`.execute(database.db);
}

async function membersOf(className: string, ownerUid?: string): Promise<readonly string[]> {
  const { members } = await readRollout(database.db, { className, ownerUid });
  return members.map(({ name }) => name);
}

describe('the members of a rollout', () => {
  it.each<readonly [string, Said, readonly string[]]>([
    ['are those that are provisioned', DOWN, ['ada']],
    ['are those that went offline', { ...DOWN, phase: 'Offline' }, ['ada']],
    ['are those that failed', { ...DOWN, phase: 'Failed' }, ['ada']],
    ['are not those that are online', ONLINE, []],
    [
      'are not those that are online and wait for their own change',
      { ...ONLINE, ready: false },
      [],
    ],
    ['are not those that are paused', { ...ONLINE, phase: 'Paused' }, []],
    ['are not those that cannot run', { ...DOWN, accepted: 'False' }, []],
    [
      'are those that cannot run since they were taken down',
      { ...DOWN, accepted: 'False', rollout: FAILED },
      ['ada'],
    ],
    [
      'are those that have failed and are up again',
      { ...ONLINE, rollout: FAILED, failures: {} },
      ['ada'],
    ],
    ['are not those that failed for themselves and are up again', { ...ONLINE, failures: {} }, []],
  ])('%s', async (_title, said, members) => {
    await apply(database.db, [workspace('ada')]);
    await set('ada', said);

    expect(await membersOf('local')).toEqual(members);
    expect(await membersOf('large')).toEqual([]);
  });

  it('are those of the class, and those of the Org in other classes', async () => {
    await apply(database.db, [workspace('ada'), workspace('bob')]);
    await set('ada', { ...DOWN, ownerUid: 'org-1' });
    await set('bob', DOWN);

    expect(await membersOf('large', 'org-1')).toEqual(['ada']);
    expect(await membersOf('local', 'org-1')).toEqual(['ada', 'bob']);
    expect(await membersOf('large', 'org-2')).toEqual([]);
  });

  it('are not those that are being deleted', async () => {
    await apply(database.db, [workspace('ada')]);
    await set('ada', DOWN);
    await sql`update workspaces set deletion_requested_at = now()`.execute(database.db);

    expect(await membersOf('local')).toEqual([]);
  });

  it('are not those that run elsewhere', async () => {
    await apply(database.db, [workspace('ada', { external: {} })]);
    await set('ada', { ...DOWN, phase: 'Offline' });

    expect(await membersOf('local')).toEqual([]);
  });

  it('are read with all that is decided from', async () => {
    await apply(database.db, [workspace('ada')]);
    await set('ada', { ...DOWN, phase: 'Failed', ownerUid: 'org-1', rollout: FAILED });

    const { members } = await readRollout(database.db, { className: 'local', ownerUid: undefined });

    expect(members).toEqual([
      {
        uid: expect.any(String),
        namespace: 'default',
        name: 'ada',
        className: 'local',
        ownerUid: 'org-1',
        isReady: false,
        readySince: new Date(SINCE),
        isFailing: true,
        mark: FAILED,
        acceptedAt: null,
      },
    ]);
  });
});

describe('the siblings that come first', () => {
  async function uids(): Promise<ReadonlyMap<string, string>> {
    const rows = await database.db.selectFrom('workspaces').select(['uid', 'name']).execute();
    return new Map(rows.map(({ uid, name }) => [name, uid]));
  }

  async function earlierThan(name: string, className = 'local'): Promise<readonly string[]> {
    const byName = await uids();
    const found = await listEarlierSiblings(database.db, {
      uid: byName.get(name) ?? 'none',
      className,
      candidates: [...byName.values()],
    });
    return found.map((uid) => [...byName].find(([, one]) => one === uid)?.[0] ?? 'none');
  }

  it('have the same parent and an earlier name, and are up', async () => {
    const names = ['a', 'b', 'c', 'd'];
    await apply(database.db, [
      workspace('root'),
      workspace('a-root'),
      ...names.map((name) => workspace(name, childOf('root'))),
    ]);
    for (const name of [...names, 'root', 'a-root']) {
      await set(name, ONLINE);
    }
    await set('b', DOWN);

    expect(await earlierThan('d')).toEqual(['a', 'c']);
    expect(await earlierThan('root')).toEqual(['a-root']);
    expect(await earlierThan('d', 'large')).toEqual([]);
  });

  it('are candidates alone', async () => {
    await apply(database.db, [workspace('a'), workspace('b')]);
    await set('a', ONLINE);
    const uid = (await uids()).get('b') ?? 'none';

    expect(
      await listEarlierSiblings(database.db, { uid, className: 'local', candidates: [] }),
    ).toEqual([]);
  });
});
