import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { listActivity } from '../../store/activity.ts';
import { inTransaction } from '../../store/db.ts';
import { setCollapsed, setLayout } from '../../store/edit-workspace.ts';
import { findClass, findObject } from '../../store/objects.ts';
import { findWorkspace, type StoredWorkspace } from '../../store/workspaces.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { INSTALLATION, apply, outcomes, workspace, workspaceClass } from './declarations.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await sql`truncate workspaces, classes, templates, orgs, launches, activity cascade`.execute(
    database.db,
  );
});

async function get(name: string): Promise<Partial<StoredWorkspace>> {
  return (await findWorkspace(database.db, 'default', name)) ?? {};
}

async function listVersions(): Promise<readonly unknown[]> {
  const { rows } =
    await sql`select uid, xmin::text, ctid::text from workspaces order by uid`.execute(database.db);
  return rows;
}

describe('applySet', () => {
  it('creates what is declared, untouched by any reconciler', async () => {
    const declaration = workspace(
      'ada',
      { role: 'lead', collapsed: true, layout: { x: 1, y: 2 } },
      { labels: { team: 'design' }, annotations: { note: 'n' }, origin: 'team.yaml:3' },
    );

    const results = await apply(database.db, [declaration], { applySet: 'directory' });

    expect(results).toMatchObject([{ kind: 'Workspace', name: 'ada', result: 'created' }]);
    expect(await get('ada')).toMatchObject({
      uid: results[0]?.uid,
      applySet: 'directory',
      origin: 'team.yaml:3',
      labels: { team: 'design' },
      annotations: { note: 'n' },
      spec: { role: 'lead' },
      generation: 1,
      collapsed: true,
      layout: { x: 1, y: 2 },
      phase: 'Pending',
      ready: false,
      observedGeneration: -1,
    });
    expect(await get('ada')).not.toHaveProperty('status');
  });

  it('gives the same uid in a database that was emptied, another one in another installation', async () => {
    const [first] = await apply(database.db, [workspace('ada')]);
    await sql`truncate workspaces cascade`.execute(database.db);
    const [second] = await apply(database.db, [workspace('ada')]);
    await sql`truncate workspaces cascade`.execute(database.db);
    const [other] = await apply(database.db, [workspace('ada')], { installationId: 'other' });

    expect(second?.uid).toBe(first?.uid);
    expect(other?.uid).not.toBe(first?.uid);
  });

  it('gives kinds of one name different uids', async () => {
    const template = { ...workspace('ada'), kind: 'WorkspaceTemplate', spec: {} } as const;

    const [one, two] = await apply(database.db, [workspace('ada'), template]);

    expect(one?.uid).not.toBe(two?.uid);
    expect(await findObject(database.db, 'WorkspaceTemplate', 'default', 'ada')).toMatchObject({
      uid: two?.uid,
    });
  });

  it('writes no row version when the same is applied again', async () => {
    const declarations = [workspace('ada', { tier: 3 }), workspace('bob'), workspaceClass('local')];
    await apply(database.db, declarations);
    const before = await listVersions();

    const results = await apply(database.db, declarations, { prune: 'missing' });

    expect(results.map(({ result }) => result)).toEqual(['unchanged', 'unchanged', 'unchanged']);
    expect(await listVersions()).toEqual(before);
  });

  it('touches only the rows that differ', async () => {
    await apply(database.db, [workspace('ada'), workspace('bob')]);
    const before = await listVersions();

    const results = await apply(database.db, [workspace('ada'), workspace('bob', { tier: 4 })]);
    const after = await listVersions();

    expect(outcomes(results)).toEqual({ ada: 'unchanged', bob: 'configured' });
    expect(after.filter((row) => before.some((old) => isEqual(old, row)))).toHaveLength(1);
  });

  it.each([
    ['the spec', { spec: { tier: 3 } }, 2],
    ['the text of a folder', { directories: { files: { 'a.md': 'text' } } }, 2],
    ['a label', { labels: { team: 'design' } }, 1],
    ['an annotation', { annotations: { note: 'n' } }, 1],
    ['the folding', { spec: { collapsed: true } }, 1],
    ['the layout', { spec: { layout: { x: 1, y: 1 } } }, 1],
  ])(
    'after a change of %s it is configured, with the generation that says so',
    async (_what, change, generation) => {
      await apply(database.db, [workspace('ada')]);

      const results = await apply(database.db, [workspace('ada', {}, change)]);

      expect(outcomes(results)).toEqual({ ada: 'configured' });
      expect(await get('ada')).toMatchObject({ generation });
    },
  );

  it('keeps up with the line of a manifest, and calls it unchanged', async () => {
    await apply(database.db, [workspace('ada', {}, { origin: 'a.yaml:1' })]);

    const results = await apply(database.db, [workspace('ada', {}, { origin: 'a.yaml:9' })]);

    expect(outcomes(results)).toEqual({ ada: 'unchanged' });
    expect(await get('ada')).toMatchObject({ origin: 'a.yaml:9' });
    expect(await listActivity(database.db, { limit: 10 })).toHaveLength(1);
  });

  it('refuses a name that another set owns, and names the owner', async () => {
    await apply(database.db, [workspace('ada', {}, { origin: 'team.yaml:3' })], {
      applySet: 'directory',
    });

    const results = await apply(database.db, [workspace('ada', { tier: 4 }), workspace('bob')]);

    expect(results).toMatchObject([
      {
        name: 'ada',
        result: 'refused',
        reason: 'NameConflict',
        message: 'Workspace default/ada belongs to apply set directory (team.yaml:3)',
      },
      { name: 'bob', result: 'created' },
    ]);
    expect(await get('ada')).toMatchObject({ generation: 1, applySet: 'directory' });
  });

  it('refuses a name that is declared twice, naming both places, and leaves its record alone', async () => {
    await apply(database.db, [workspace('ada')]);

    const results = await apply(
      database.db,
      [
        workspace('ada', { tier: 3 }, { origin: 'a.yaml:1' }),
        workspace('bob'),
        workspace('ada', { tier: 4 }, { origin: 'b.yaml:7' }),
      ],
      { prune: 'missing' },
    );

    expect(results).toMatchObject([
      { name: 'bob', result: 'created' },
      {
        name: 'ada',
        reason: 'NameConflict',
        message: 'Workspace default/ada is declared in a.yaml:1 and in b.yaml:7',
      },
    ]);
    expect(await get('ada')).toMatchObject({ generation: 1 });
    expect(await get('ada')).not.toHaveProperty('deletionRequestedAt');
  });

  it.each(['a\u0000b', 'a\ud800b'])('refuses text that cannot be stored: %j', async (role) => {
    const results = await apply(database.db, [workspace('ada', { role }), workspace('bob')]);

    expect(results).toMatchObject([
      { result: 'refused', reason: 'InvalidSpec' },
      { result: 'created' },
    ]);
  });

  it('stores text that only looks like an escape', async () => {
    const role = 'a\\u0000b 😀';

    await apply(database.db, [workspace('ada', { role })]);

    expect(await get('ada')).toMatchObject({ spec: { role } });
  });

  it('keeps the backend of a class', async () => {
    await apply(database.db, [workspaceClass('local')]);

    const results = await apply(database.db, [workspaceClass('local', { backend: 'docker' })]);

    expect(results).toMatchObject([{ result: 'refused', reason: 'InvalidSpec' }]);
    expect(await findClass(database.db, 'local')).toMatchObject({
      spec: { backend: 'process' },
      generation: 1,
    });
  });

  it('says why in the activity, once per change', async () => {
    await apply(database.db, [
      workspace('ada', {}, { origin: 'a.yaml:1' }),
      workspaceClass('local'),
    ]);
    await apply(database.db, [workspace('ada', { tier: 3 }), workspaceClass('local')]);

    const entries = await listActivity(database.db, { limit: 10, name: 'ada' });

    expect(entries).toMatchObject([
      {
        workspaceUid: (await get('ada')).uid,
        action: 'Created',
        message: 'declared by cli (a.yaml:1)',
        data: { applySet: 'cli', generation: 1 },
      },
      { action: 'Configured', data: { generation: 2 } },
    ]);
    expect(await listActivity(database.db, { limit: 10, name: 'local' })).toMatchObject([
      { action: 'Created', namespace: '', data: { kind: 'WorkspaceClass' } },
    ]);
  });

  it('answers the same and writes nothing in a dry run', async () => {
    await apply(database.db, [workspace('ada'), workspace('bob')]);
    const before = await listVersions();
    const declarations = [workspace('ada', { tier: 3 }), workspace('eve')];
    const options = { prune: 'missing' } as const;

    const planned = await apply(database.db, declarations, { ...options, dryRun: true });

    expect(await listVersions()).toEqual(before);
    expect(await listActivity(database.db, { limit: 10 })).toHaveLength(2);
    expect(await apply(database.db, declarations, options)).toEqual(planned);
    expect(outcomes(planned)).toEqual({ ada: 'configured', eve: 'created', bob: 'deleted' });
  });

  it('marks what an Org generated, and keeps it from another Org', async () => {
    await apply(database.db, [workspace('ada')], { applySet: 'org', ownerUid: 'org-1' });

    const results = await apply(database.db, [workspace('ada')], {
      applySet: 'org',
      ownerUid: 'org-2',
    });

    expect(results).toMatchObject([{ result: 'refused', reason: 'NameConflict' }]);
    expect(await get('ada')).toMatchObject({ ownerUid: 'org-1' });
  });

  it('takes any text as installation', async () => {
    const results = await apply(database.db, [workspace('ada')], {
      installationId: `${INSTALLATION} ÄÖÜ / 12`,
    });

    expect(results[0]?.uid).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });
});

describe('collapsed and layout', () => {
  const place = { x: 3, y: 4 };

  async function edit(): Promise<void> {
    const { uid = '' } = await get('ada');
    await inTransaction(database.db, async (tx) => {
      await setCollapsed(tx, uid, true);
      await setLayout(tx, uid, place);
    });
  }

  it('stay as people set them while no declaration names them', async () => {
    await apply(database.db, [workspace('ada')]);
    await edit();

    const results = await apply(database.db, [workspace('ada', { tier: 3 })]);

    expect(outcomes(results)).toEqual({ ada: 'configured' });
    expect(await get('ada')).toMatchObject({ collapsed: true, layout: place });
  });

  it('go back to what the declaration names, also when only the record changed', async () => {
    const declaration = workspace('ada', { collapsed: false, layout: { x: 0, y: 0 } });
    await apply(database.db, [declaration]);
    await edit();

    const results = await apply(database.db, [declaration]);

    expect(outcomes(results)).toEqual({ ada: 'configured' });
    expect(await get('ada')).toMatchObject({
      collapsed: false,
      layout: { x: 0, y: 0 },
      generation: 1,
    });
  });

  it('are reset when the declaration does not name them any more', async () => {
    await apply(database.db, [workspace('ada', { collapsed: true, layout: place })]);

    await apply(database.db, [workspace('ada')]);

    expect(await get('ada')).toMatchObject({ collapsed: false, generation: 1 });
    expect(await get('ada')).not.toHaveProperty('layout');
  });
});

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
