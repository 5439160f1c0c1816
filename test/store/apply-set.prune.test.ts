import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Declaration } from '../../api/objects.ts';
import { listActivity } from '../../store/activity.ts';
import { acquireEpoch } from '../../store/epoch.ts';
import { fenced } from '../../store/fencing.ts';
import { findClass, listObjects } from '../../store/objects.ts';
import { releaseWorkspace } from '../../store/release-workspace.ts';
import { findWorkspace, type StoredWorkspace } from '../../store/workspaces.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { apply, childOf, outcomes, workspace, workspaceClass } from './declarations.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await sql`truncate workspaces, classes, templates, orgs, launches, activity, controller_epoch cascade`.execute(
    database.db,
  );
});

async function find(name: string): Promise<StoredWorkspace | undefined> {
  return await findWorkspace(database.db, 'default', name);
}

async function isDeleting(name: string): Promise<boolean> {
  return (await find(name))?.deletionRequestedAt !== undefined;
}

async function release(name: string): Promise<string> {
  const leadership = await acquireEpoch(database.db, 'leader', 0);
  const uid = (await find(name))?.uid ?? '';
  return await fenced(database.db, leadership ?? { epoch: -1, holder: '' }, (tx) =>
    releaseWorkspace(tx, uid),
  );
}

async function insertLaunch(name: string, className: string, state: string): Promise<void> {
  const uid = (await find(name))?.uid ?? `released-${name}`;
  await sql`insert into launches (workspace_uid, attempt, namespace, name, class_name, backend, token,
                                  params, inputs_hash, config_hash, state)
            values (${uid}, 1, 'default', ${name}, ${className}, 'process', ${`${name}-token`},
                    '{}', '', '', ${state})`.execute(database.db);
}

describe('pruning', () => {
  it('asks for the deletion of what the set does not declare any more, and of nothing else', async () => {
    await apply(database.db, [workspace('ada'), workspace('bob')]);
    await apply(database.db, [workspace('eve')], { applySet: 'other' });

    const results = await apply(database.db, [workspace('ada')], { prune: 'missing' });

    expect(outcomes(results)).toEqual({ ada: 'unchanged', bob: 'deleted' });
    expect(await Promise.all(['ada', 'bob', 'eve'].map(isDeleting))).toEqual([false, true, false]);
    expect(await listActivity(database.db, { limit: 1 })).toMatchObject([
      { name: 'bob', action: 'DeletionRequested', message: 'no longer declared by cli' },
    ]);
  });

  it('does nothing the second time, and keeps the time of the first', async () => {
    await apply(database.db, [workspace('ada')]);
    await apply(database.db, [], { prune: 'missing' });
    const first = await find('ada');

    expect(await apply(database.db, [], { prune: 'missing' })).toEqual([]);
    expect(await find('ada')).toEqual(first);
  });

  it('reaches exactly the objects that are named', async () => {
    await apply(database.db, [workspace('ada'), workspace('bob')]);
    await apply(database.db, [workspace('eve')], { applySet: 'other' });
    const refs = ['bob', 'eve', 'nobody'].map((name) => workspace(name));

    const results = await apply(database.db, [], { prune: refs });

    expect(results).toMatchObject([
      { name: 'bob', result: 'deleted' },
      { name: 'eve', result: 'refused', reason: 'NameConflict' },
    ]);
    expect(await isDeleting('ada')).toBe(false);
  });

  it('keeps what is declared and named at once', async () => {
    await apply(database.db, [workspace('ada')]);

    const results = await apply(database.db, [workspace('ada')], { prune: [workspace('ada')] });

    expect(outcomes(results)).toEqual({ ada: 'unchanged' });
    expect(await isDeleting('ada')).toBe(false);
  });

  it('removes only the parent when only its declaration is gone', async () => {
    await apply(database.db, [workspace('boss'), workspace('ada', childOf('boss'))]);

    await apply(database.db, [workspace('ada', childOf('boss'))], { prune: 'missing' });

    expect(await isDeleting('ada')).toBe(false);
    expect((await find('ada'))?.parentId).toBe((await find('boss'))?.uid);
  });

  it('deletes templates and orgs outright', async () => {
    const others: readonly Declaration[] = [
      { ...workspace('small'), kind: 'WorkspaceTemplate', spec: {} },
      { ...workspace('team'), kind: 'Org', spec: {} },
    ];
    await apply(database.db, others);

    const results = await apply(database.db, [], { prune: 'missing' });

    expect(outcomes(results)).toEqual({ small: 'deleted', team: 'deleted' });
    expect(await listObjects(database.db, 'WorkspaceTemplate')).toEqual([]);
    expect(await listObjects(database.db, 'Org')).toEqual([]);
  });
});

describe('pruning a class', () => {
  beforeEach(async () => {
    await apply(database.db, [workspaceClass('local')]);
  });

  const prune = () => apply(database.db, [], { prune: [workspaceClass('local')] });

  it('deletes it when no workspace needs it', async () => {
    expect(outcomes(await prune())).toEqual({ local: 'deleted' });
    expect(await findClass(database.db, 'local')).toBeUndefined();
  });

  it('is refused while a record names it, also one being deleted', async () => {
    const all = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) =>
      workspace(name, { className: 'local' }),
    );
    await apply(database.db, all);
    await apply(database.db, [], { prune: all });

    expect(await prune()).toMatchObject([
      {
        result: 'refused',
        reason: 'InUse',
        message:
          'used by Workspace default/a, Workspace default/b, Workspace default/c, Workspace default/d, Workspace default/e and 1 more',
      },
    ]);
  });

  it('is refused while a launch of a released record is not closed', async () => {
    await insertLaunch('gone', 'local', 'closing');

    expect(await prune()).toMatchObject([{ result: 'refused', reason: 'InUse' }]);
  });

  it('is refused while a record was launched with it, because its state lies there', async () => {
    await apply(database.db, [workspace('ada')]);
    await insertLaunch('ada', 'local', 'closed');

    expect(await prune()).toMatchObject([{ result: 'refused', reason: 'InUse' }]);
  });

  it('is not held up by closed launches of released records', async () => {
    await insertLaunch('gone', 'local', 'closed');

    expect(outcomes(await prune())).toEqual({ local: 'deleted' });
  });
});

describe('a name that is declared again while it is being deleted', () => {
  const again = workspace('ada', { tier: 3, collapsed: true });

  beforeEach(async () => {
    await apply(database.db, [workspace('boss'), workspace('ada', childOf('boss'))]);
    await apply(database.db, [], { prune: [workspace('ada')] });
  });

  it('waits for the release, and then starts anew', async () => {
    const results = await apply(database.db, [again]);

    expect(results).toMatchObject([
      { result: 'configured', message: 'waits until the deletion is done' },
    ]);
    expect(await find('ada')).toMatchObject({ hasNextDeclaration: true, generation: 1 });
    expect(await release('ada')).toBe('declared-again');
    expect(await find('ada')).toMatchObject({
      spec: { tier: 3 },
      collapsed: true,
      generation: 2,
      observedGeneration: -1,
      hasNextDeclaration: false,
    });
    expect(await isDeleting('ada')).toBe(false);
  });

  it('is unchanged when it is declared so once more, and the latest wins', async () => {
    await apply(database.db, [workspace('ada', { tier: 1 })]);

    expect(outcomes(await apply(database.db, [again]))).toEqual({ ada: 'configured' });
    expect(outcomes(await apply(database.db, [again]))).toEqual({ ada: 'unchanged' });
    await release('ada');
    expect(await find('ada')).toMatchObject({ spec: { tier: 3 } });
  });

  it('goes for good when it is pruned again', async () => {
    await apply(database.db, [again]);

    const results = await apply(database.db, [workspace('boss')], { prune: 'missing' });

    expect(outcomes(results)).toEqual({ boss: 'unchanged', ada: 'deleted' });
    expect(await release('ada')).toBe('released');
    expect(await find('ada')).toBeUndefined();
  });

  it('may go to another set, which then keeps it from a third', async () => {
    await apply(database.db, [again], { applySet: 'directory' });

    const results = await apply(database.db, [again], { applySet: 'other' });

    expect(results).toMatchObject([{ result: 'refused', reason: 'NameConflict' }]);
    await release('ada');
    expect(await find('ada')).toMatchObject({ applySet: 'directory' });
  });

  it('is withdrawn by the set that declared it, although another one owned the record', async () => {
    await apply(database.db, [again], { applySet: 'directory' });

    const results = await apply(database.db, [], { applySet: 'directory', prune: 'missing' });

    expect(outcomes(results)).toEqual({ ada: 'deleted' });
    expect(await find('ada')).toMatchObject({ hasNextDeclaration: false, applySet: 'cli' });
  });

  it('keeps its children, which find it again', async () => {
    await apply(database.db, [workspace('eve', childOf('ada'))]);
    await apply(database.db, [again]);

    await release('ada');

    expect((await find('eve'))?.parentId).toBe((await find('ada'))?.uid);
  });
});

describe('releaseWorkspace', () => {
  it('leaves children without a parent', async () => {
    await apply(database.db, [workspace('boss'), workspace('ada', childOf('boss'))]);
    await apply(database.db, [], { prune: [workspace('boss')] });

    expect(await release('boss')).toBe('released');
    expect(await find('ada')).toMatchObject({ parentName: 'boss' });
    expect(await find('ada')).not.toHaveProperty('parentId');
  });

  it('leaves a record alone whose deletion nobody requested', async () => {
    await apply(database.db, [workspace('ada')]);

    expect(await release('ada')).toBe('not-deleting');
    expect(await find('ada')).toBeDefined();
  });
});
