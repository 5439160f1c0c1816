import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { MAX_DEPTH, type WorkspaceSpec } from '../../api/workspace.ts';
import { requestDeletion } from '../../store/edit-workspace.ts';
import { inTransaction } from '../../store/db.ts';
import { findWorkspaceView, type WorkspaceView } from '../../store/workspace-view.ts';
import { findWorkspace } from '../../store/workspaces.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { apply, childOf, workspace, workspaceClass } from './declarations.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await sql`truncate workspaces, classes, launches cascade`.execute(database.db);
});

async function uidOf(name: string): Promise<string> {
  return (await findWorkspace(database.db, 'default', name))?.uid ?? 'none';
}

async function viewOf(name: string): Promise<WorkspaceView> {
  const view = await findWorkspaceView(database.db, await uidOf(name));
  if (view === undefined) {
    throw new Error(`there is no workspace ${name}`);
  }
  return view;
}

async function remove(...names: readonly string[]): Promise<void> {
  const uids = await Promise.all(names.map(uidOf));
  await inTransaction(database.db, (tx) => requestDeletion(tx, uids));
}

async function insertLaunch(uid: string, attempt: number, state: string): Promise<void> {
  await sql`
    insert into launches (workspace_uid, attempt, namespace, name, class_name, backend, token, params,
                          inputs_hash, config_hash, state, last_sent_at)
    values (${uid}, ${attempt}, 'default', 'ada', 'local', 'process', ${`${uid}-${attempt}`},
            '{"placement": "", "details": {}}', 'inputs', 'config', ${state}, now())`.execute(
    database.db,
  );
}

it('is undefined for a workspace that does not exist', async () => {
  expect(await findWorkspaceView(database.db, 'nobody')).toBeUndefined();
});

describe('the record in a view', () => {
  it('is as it was declared, and has no status before a pass wrote one', async () => {
    const spec: WorkspaceSpec = { role: 'writes', env: [{ name: 'A', value: '1' }] };
    await apply(database.db, [workspace('ada', spec, { annotations: { 'a/b': 'c' } })]);

    const { record, now } = await viewOf('ada');

    expect(record).toMatchObject({
      namespace: 'default',
      name: 'ada',
      spec,
      annotations: { 'a/b': 'c' },
      generation: 1,
      requests: {},
    });
    expect(record).not.toHaveProperty('status');
    expect(record).not.toHaveProperty('settledKey');
    expect(record).not.toHaveProperty('deletionRequestedAt');
    expect(now).toBeInstanceOf(Date);
  });

  it('has times as dates', async () => {
    await apply(database.db, [workspace('ada')]);
    await remove('ada');
    await insertLaunch(await uidOf('ada'), 1, 'pending');

    const { record, launches } = await viewOf('ada');

    expect(record.deletionRequestedAt).toBeInstanceOf(Date);
    expect(launches[0]?.lastSentAt).toBeInstanceOf(Date);
  });
});

describe('the ancestors in a view', () => {
  it('go from the parent upwards, with what each wants', async () => {
    await apply(database.db, [
      workspace('root', { desiredState: 'Paused' }),
      workspace('middle', childOf('root')),
      workspace('leaf', childOf('middle')),
    ]);
    await remove('root');

    const { ancestors } = await viewOf('leaf');

    expect(ancestors).toMatchObject([
      { name: 'middle', parentName: 'root', isPaused: false, isDeleting: false },
      { name: 'root', isPaused: true, isDeleting: true },
    ]);
  });

  it('end one step beyond the deepest tree', async () => {
    const names = Array.from({ length: 30 }, (_, depth) => `w${depth}`);
    await apply(
      database.db,
      names.map((name, depth) => workspace(name, depth === 0 ? {} : childOf(`w${depth - 1}`))),
    );

    expect((await viewOf('w29')).ancestors).toHaveLength(MAX_DEPTH + 1);
    expect((await viewOf(`w${MAX_DEPTH}`)).ancestors).toHaveLength(MAX_DEPTH);
  });

  it('end in a cycle too', async () => {
    await apply(database.db, [workspace('a', childOf('b')), workspace('b', childOf('a'))]);

    expect((await viewOf('a')).ancestors).toHaveLength(MAX_DEPTH + 1);
  });
});

describe('the launches in a view', () => {
  it('are all of this workspace, the oldest attempt first', async () => {
    await apply(database.db, [workspace('ada'), workspace('bob')]);
    await insertLaunch(await uidOf('ada'), 2, 'launched');
    await insertLaunch(await uidOf('ada'), 1, 'closed');
    await insertLaunch(await uidOf('bob'), 1, 'launched');

    const { launches } = await viewOf('ada');

    expect(launches.map(({ attempt, state }) => [attempt, state])).toEqual([
      [1, 'closed'],
      [2, 'launched'],
    ]);
  });
});

describe('the classes in a view', () => {
  it.each<readonly [string, WorkspaceSpec, readonly string[]]>([
    ['is the one it names', { className: 'small' }, ['small']],
    ['is none when that does not exist', { className: 'huge' }, []],
    ['are all that call themselves default when it names none', {}, ['first', 'second']],
  ])('%s', async (_title, spec, names) => {
    await apply(database.db, [
      workspaceClass('second', { default: true }),
      workspaceClass('first', { default: true }),
      workspaceClass('small'),
      workspace('ada', spec),
    ]);

    const { classes } = await viewOf('ada');

    expect(classes.map(({ name }) => name)).toEqual(names);
  });
});

describe('the children in a view', () => {
  it('are counted, and those that are ready', async () => {
    await apply(database.db, [
      workspace('root'),
      workspace('a', childOf('root')),
      workspace('b', childOf('root')),
      workspace('grandchild', childOf('a')),
    ]);
    await sql`update workspaces set ready = true where name in ('a', 'grandchild')`.execute(
      database.db,
    );

    expect((await viewOf('root')).children).toEqual({ total: 2, ready: 1 });
  });

  it('hold up a deletion while they are being deleted themselves', async () => {
    await apply(database.db, [workspace('root'), workspace('a', childOf('root'))]);
    await remove('root');
    const before = await viewOf('root');
    await remove('a');
    const after = await viewOf('root');

    expect([before.hasDeletingChildren, after.hasDeletingChildren]).toEqual([false, true]);
  });

  it('do not hold up a deletion in a cycle, where everybody would wait for everybody', async () => {
    await apply(database.db, [workspace('a', childOf('b')), workspace('b', childOf('a'))]);
    await remove('a', 'b');

    expect((await viewOf('a')).hasDeletingChildren).toBe(false);
    expect((await viewOf('b')).hasDeletingChildren).toBe(false);
  });
});
