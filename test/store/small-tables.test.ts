import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { NotFoundError } from '../../lib/errors.ts';
import { sha256Hex } from '../../lib/hash.ts';
import {
  insertActivity,
  listActivity,
  pruneActivity,
  type ActivityEntry,
} from '../../store/activity.ts';
import {
  createApiToken,
  findApiTokenByHash,
  listApiTokens,
  revokeApiToken,
  toApiToken,
} from '../../store/api-tokens.ts';
import {
  confirmHeldDeletions,
  findApplySet,
  listApplySets,
  reportApplySet,
  type ApplySetReport,
} from '../../store/apply-sets.ts';
import { inTransaction } from '../../store/db.ts';
import { InUseError, deleteObject } from '../../store/delete-object.ts';
import { claimInstallation } from '../../store/installation.ts';
import { findClass, listClasses, listObjects } from '../../store/objects.ts';
import { OwnedBySourceError } from '../../store/ownership.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { apply, workspace, workspaceClass } from './declarations.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await sql`truncate workspaces, classes, templates, orgs, launches, activity, apply_sets, api_tokens,
                     installation cascade`.execute(database.db);
});

describe('claimInstallation', () => {
  it('gives the database to the first that asks, and its id to everybody', async () => {
    const ids = await Promise.all(
      ['one', 'two', 'three'].map((id) => claimInstallation(database.db, id)),
    );

    expect(new Set(ids).size).toBe(1);
    expect(await claimInstallation(database.db, 'four')).toBe(ids[0]);
  });
});

describe('activity', () => {
  const insert = (entries: readonly ActivityEntry[]) =>
    inTransaction(database.db, (tx) => insertActivity(tx, entries));
  const entry = (name: string, namespace = 'default') => ({
    namespace,
    name,
    workspaceUid: `uid-${name}`,
    action: 'Launch',
    reason: 'Wanted',
    message: 'why',
  });

  it('comes back oldest first, the newest ones when there is a limit', async () => {
    await insert(['a', 'b', 'c'].map((name) => entry(name)));

    const newest = await listActivity(database.db, { limit: 2 });

    expect(newest).toMatchObject([{ name: 'b', data: {} }, { name: 'c' }]);
    expect(newest[0]?.at).toBeInstanceOf(Date);
  });

  it('goes on after an id, and is narrowed to a namespace or a workspace', async () => {
    await insert([entry('a'), entry('b'), entry('a', 'zoo')]);
    const [first] = await listActivity(database.db, { limit: 10 });

    const later = await listActivity(database.db, { limit: 1, afterId: first?.id ?? 0 });

    expect(later).toMatchObject([{ name: 'b' }]);
    expect(await listActivity(database.db, { limit: 10, namespace: 'zoo' })).toHaveLength(1);
    expect(await listActivity(database.db, { limit: 10, name: 'a' })).toHaveLength(2);
    expect(await listActivity(database.db, { limit: 10, workspaceUid: 'uid-b' })).toHaveLength(1);
  });

  it('is forgotten after its time', async () => {
    await insert([entry('old'), entry('new')]);
    await sql`update activity set at = at - interval '31 days' where name = 'old'`.execute(
      database.db,
    );

    const count = await pruneActivity(database.db, new Date(Date.now() - 30 * 24 * 3600 * 1000));

    expect(count).toBe(1);
    expect(await listActivity(database.db, { limit: 10 })).toMatchObject([{ name: 'new' }]);
  });
});

describe('apply sets', () => {
  const held: ApplySetReport = {
    name: 'directory',
    state: 'Held',
    problems: ['a.yaml:1: broken'],
    held: { digest: 'd1', deletions: ['Workspace default/ada'] },
  };
  const report = (one: ApplySetReport) =>
    inTransaction(database.db, (tx) => reportApplySet(tx, one));
  const confirm = (digest: string) =>
    inTransaction(database.db, (tx) =>
      confirmHeldDeletions(tx, { name: 'directory', digest, by: 'token:sre' }),
    );

  it('say what their source last reported', async () => {
    await report({ name: 'directory', state: 'Active', problems: [] });
    await report(held);

    expect(await findApplySet(database.db, 'directory')).toMatchObject(held);
    expect(await listApplySets(database.db)).toHaveLength(1);
    expect(await findApplySet(database.db, 'nobody')).toBeUndefined();
  });

  it('are written only when something differs', async () => {
    await report(held);
    const before = await findApplySet(database.db, 'directory');

    await report(held);

    expect(await findApplySet(database.db, 'directory')).toEqual(before);
  });

  it('take the answer of a person for exactly the deletions that wait', async () => {
    await report(held);

    expect(await confirm('another')).toBe(false);
    expect(await confirm('d1')).toBe(true);
    await report({ ...held, problems: [] });

    expect(await findApplySet(database.db, 'directory')).toMatchObject({
      confirmedDigest: 'd1',
      confirmedBy: 'token:sre',
    });
  });

  it('forget the answer when the source is active again', async () => {
    await report(held);
    await confirm('d1');

    await report({ name: 'directory', state: 'Active', problems: [] });
    await report(held);

    expect(await findApplySet(database.db, 'directory')).not.toHaveProperty('confirmedDigest');
  });

  it('take no answer when nothing waits', async () => {
    await report({ name: 'directory', state: 'Active', problems: [] });

    expect(await confirm('d1')).toBe(false);
  });
});

describe('API tokens', () => {
  const token = toApiToken(Buffer.alloc(32, 7));
  const create = () =>
    createApiToken(database.db, { id: 'id-1', name: 'sre', token, readOnly: true });

  it('are 32 random bytes after a prefix', () => {
    expect(token).toMatch(/^tl_[A-Za-z0-9_-]{43}$/);
    expect(() => toApiToken(Buffer.alloc(16))).toThrow(RangeError);
  });

  it('are found by hash, and the database holds no token', async () => {
    const created = await create();

    expect(created).toMatchObject({ id: 'id-1', prefix: token.slice(0, 8), readOnly: true });
    expect(await findApiTokenByHash(database.db, sha256Hex(token))).toEqual(created);
    expect(await findApiTokenByHash(database.db, token)).toBeUndefined();
    const { rows } = await sql<{ row: string }>`select t::text as row from api_tokens t`.execute(
      database.db,
    );
    expect(rows[0]?.row).not.toContain(token);
  });

  it('are refused once revoked, and still listed', async () => {
    await create();

    expect(await revokeApiToken(database.db, 'id-1')).toBe(true);
    expect(await revokeApiToken(database.db, 'id-1')).toBe(false);
    expect(await findApiTokenByHash(database.db, sha256Hex(token))).toBeUndefined();
    const [listed] = await listApiTokens(database.db);
    expect(listed?.revokedAt).toBeInstanceOf(Date);
  });
});

describe('other objects', () => {
  it('are found and listed with the type of their kind', async () => {
    await apply(database.db, [workspaceClass('b', { default: true }), workspaceClass('a')]);

    expect((await findClass(database.db, 'b'))?.spec.default).toBe(true);
    expect((await listClasses(database.db)).map(({ name }) => name)).toEqual(['a', 'b']);
    expect(await findClass(database.db, 'nobody')).toBeUndefined();
  });

  it('are listed by namespace and page', async () => {
    const template = (name: string, namespace: string) =>
      ({ ...workspace(name), namespace, kind: 'WorkspaceTemplate', spec: {} }) as const;
    await apply(database.db, [template('a', 'one'), template('b', 'one'), template('a', 'two')]);
    const list = async (query: Parameters<typeof listObjects>[2]) =>
      (await listObjects(database.db, 'WorkspaceTemplate', query)).map(
        ({ namespace, name }) => `${namespace}/${name}`,
      );

    expect(await list({ namespace: 'one' })).toEqual(['one/a', 'one/b']);
    expect(await list({ limit: 1, after: { namespace: 'one', name: 'b' } })).toEqual(['two/a']);
  });

  it('are deleted unless a source owns them, or workspaces need them', async () => {
    await apply(database.db, [
      workspaceClass('free'),
      workspaceClass('used'),
      workspace('ada', { className: 'used' }),
    ]);
    await apply(database.db, [workspaceClass('theirs')], { applySet: 'directory' });
    const remove = (name: string) =>
      inTransaction(database.db, (tx) =>
        deleteObject(tx, { kind: 'WorkspaceClass', namespace: '', name }),
      );

    await remove('free');

    expect((await listClasses(database.db)).map(({ name }) => name)).toEqual(['theirs', 'used']);
    await expect(remove('theirs')).rejects.toThrow(OwnedBySourceError);
    await expect(remove('free')).rejects.toThrow(NotFoundError);
    await expect(remove('used')).rejects.toThrow(InUseError);
    await expect(remove('used')).rejects.toMatchObject({
      users: [{ kind: 'Workspace', namespace: 'default', name: 'ada' }],
    });
  });
});
