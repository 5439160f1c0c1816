import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { ConflictError, NotFoundError } from '../../lib/errors.ts';
import { listActivity } from '../../store/activity.ts';
import { inTransaction } from '../../store/db.ts';
import {
  editSpec,
  requestDeletion,
  setCollapsed,
  setLayout,
  setRequests,
  type SpecEdit,
} from '../../store/edit-workspace.ts';
import { OwnedBySourceError, isEditable } from '../../store/ownership.ts';
import { findWorkspace, type StoredWorkspace } from '../../store/workspaces.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { apply, childOf, outcomes, workspace } from './declarations.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await sql`truncate workspaces, activity cascade`.execute(database.db);
});

async function create(name: string, applySet = 'cli'): Promise<string> {
  const results = await apply(database.db, [workspace(name, {}, { origin: 'team.yaml:3' })], {
    applySet,
  });
  return results[0]?.uid ?? '';
}

async function edit(
  uid: string,
  spec: StoredWorkspace['spec'],
  options: Partial<SpecEdit> = {},
): Promise<StoredWorkspace> {
  return await inTransaction(database.db, (tx) =>
    editSpec(tx, { uid, change: (before) => ({ ...before, spec }), ...options }),
  );
}

async function remove(...uids: readonly string[]): Promise<readonly StoredWorkspace[]> {
  return await inTransaction(database.db, (tx) => requestDeletion(tx, uids));
}

describe('isEditable', () => {
  it.each([
    [{ applySet: 'cli' }, true],
    [{ applySet: 'my-team' }, true],
    [{ applySet: 'directory' }, false],
    [{ applySet: 'kubernetes' }, false],
    [{ applySet: 'cli', ownerUid: 'org-1' }, false],
  ])('of %j is %s', (record, expected) => {
    expect(isEditable(record)).toBe(expected);
  });
});

describe('editSpec', () => {
  it('changes the spec, the generation and the parent, and says so', async () => {
    const boss = await create('boss');
    const uid = await create('ada');

    const edited = await edit(uid, { tier: 3, ...childOf('boss') });

    expect(edited).toMatchObject({
      spec: { tier: 3 },
      generation: 2,
      parentName: 'boss',
      parentId: boss,
      origin: 'team.yaml:3',
    });
    expect(await listActivity(database.db, { limit: 1 })).toMatchObject([{ action: 'Configured' }]);
  });

  it('leaves a record that applying the same declaration finds unchanged', async () => {
    const uid = await create('ada');
    await edit(uid, { tier: 3 });

    const declaration = workspace('ada', { tier: 3 }, { origin: 'team.yaml:3' });

    expect(outcomes(await apply(database.db, [declaration]))).toEqual({ ada: 'unchanged' });
  });

  it('changes labels without a new generation', async () => {
    const uid = await create('ada');

    const edited = await edit(uid, {}, { change: (old) => ({ ...old, labels: { team: 'x' } }) });

    expect(edited).toMatchObject({ labels: { team: 'x' }, generation: 1 });
  });

  it('writes nothing when nothing changes', async () => {
    const uid = await create('ada');
    const before = await findWorkspace(database.db, 'default', 'ada');

    expect(await edit(uid, {})).toEqual(before);
  });

  it('is refused for what a folder owns, naming set and file', async () => {
    const uid = await create('ada', 'directory');

    const edited = edit(uid, { tier: 3 });

    await expect(edited).rejects.toThrow(OwnedBySourceError);
    await expect(edited).rejects.toMatchObject({ set: 'directory', origin: 'team.yaml:3' });
  });

  it('is refused for a record that is being deleted, or does not exist', async () => {
    const uid = await create('ada');
    await remove(uid);

    await expect(edit(uid, { tier: 3 })).rejects.toThrow(ConflictError);
    await expect(edit('nobody', {})).rejects.toThrow(NotFoundError);
  });

  it('loses no edit when ten come at once', async () => {
    const uid = await create('ada');
    const names = Array.from({ length: 10 }, (_, index) => `PLUGIN${index}`);

    await Promise.all(
      names.map((name) =>
        edit(
          uid,
          {},
          {
            change: (old) => ({
              ...old,
              spec: { plugins: [...(old.spec.plugins ?? []), name] },
            }),
          },
        ),
      ),
    );

    const { spec, generation } = (await findWorkspace(database.db, 'default', 'ada')) ?? {};
    expect(spec?.plugins?.toSorted()).toEqual(names);
    expect(generation).toBe(11);
  });
});

describe('requestDeletion', () => {
  it('marks them once, and says so once', async () => {
    const uids = [await create('ada'), await create('bob')];

    const first = await remove(...uids, 'nobody');

    expect(first.map(({ name }) => name)).toEqual(['ada', 'bob']);
    expect(first[0]?.deletionRequestedAt).toBeInstanceOf(Date);
    expect((await remove(...uids))[0]?.deletionRequestedAt).toEqual(first[0]?.deletionRequestedAt);
    expect(await listActivity(database.db, { limit: 10, name: 'ada' })).toMatchObject([
      { action: 'Created' },
      { action: 'DeletionRequested', reason: 'Requested' },
    ]);
  });

  it('forgets the declaration that waits for the release', async () => {
    const uid = await create('ada');
    await remove(uid);
    await create('ada');

    expect(await remove(uid)).toMatchObject([{ hasNextDeclaration: false }]);
  });

  it('deletes nothing when one of them belongs to a source', async () => {
    const mine = await create('ada');
    const theirs = await create('bob', 'directory');

    await expect(remove(mine, theirs)).rejects.toThrow(OwnedBySourceError);
    expect(await findWorkspace(database.db, 'default', 'ada')).not.toHaveProperty(
      'deletionRequestedAt',
    );
  });
});

describe('what may be changed whoever owns the record', () => {
  it('is its folding and its place, without a new generation', async () => {
    const uid = await create('ada', 'directory');

    await inTransaction(database.db, (tx) => setCollapsed(tx, uid, true));
    const placed = await inTransaction(database.db, (tx) => setLayout(tx, uid, { x: 1, y: 2 }));
    const cleared = await inTransaction(database.db, (tx) => setLayout(tx, uid, undefined));

    expect(placed).toMatchObject({ collapsed: true, layout: { x: 1, y: 2 }, generation: 1 });
    expect(cleared).not.toHaveProperty('layout');
  });

  it('are requests, each kept beside the other', async () => {
    const uid = await create('ada', 'directory');

    await inTransaction(database.db, (tx) => setRequests(tx, uid, { restartRequestedAt: '1' }));
    await inTransaction(database.db, (tx) => setRequests(tx, uid, { reconcileRequestedAt: '2' }));
    const changed = await inTransaction(database.db, (tx) =>
      setRequests(tx, uid, { restartRequestedAt: '3', wakeRequestedAt: null }),
    );

    expect(changed).toMatchObject({
      requests: { restartRequestedAt: '3', reconcileRequestedAt: '2' },
      generation: 1,
    });
  });

  it('has to exist', async () => {
    const changed = inTransaction(database.db, (tx) => setCollapsed(tx, 'nobody', true));

    await expect(changed).rejects.toThrow(NotFoundError);
  });
});
