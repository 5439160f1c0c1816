import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { WorkspaceStatus } from '../../api/conditions.ts';
import { ConflictError } from '../../lib/errors.ts';
import { acquireEpoch } from '../../store/epoch.ts';
import { fenced, type FencedTransaction, type Leadership } from '../../store/fencing.ts';
import type { WorkspaceFailures } from '../../store/workspace-facts.ts';
import {
  updateFailures,
  updateSettledKey,
  updateWorkspaceStatus,
} from '../../store/workspace-status.ts';
import { findWorkspaceView, type WorkspaceRecord } from '../../store/workspace-view.ts';
import { findWorkspace } from '../../store/workspaces.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { apply, workspace } from './declarations.ts';

const STATUS: WorkspaceStatus = {
  observedGeneration: 1,
  phase: 'Online',
  conditions: [],
  depth: 0,
  children: { total: 0, ready: 0 },
};
const WRITE = {
  status: STATUS,
  statusHash: 'hash',
  phase: 'Online',
  isReady: true,
  settledKey: 'key',
  dueAt: undefined,
} as const;
const FAILURES: WorkspaceFailures = {
  count: 1,
  lastReason: 'CrashLoopBackOff',
  lastMessage: 'the agent exited with code 1',
  lastAt: '2026-01-01T00:00:00.000Z',
  generation: 1,
};

let database: TestDatabase;
let leadership: Leadership;
let uid: string;

beforeAll(async () => {
  database = await createTestDatabase();
  leadership = (await acquireEpoch(database.db, 'test', 15)) ?? { epoch: -1, holder: '' };
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await sql`truncate workspaces cascade`.execute(database.db);
  await apply(database.db, [workspace('ada')]);
  uid = (await findWorkspace(database.db, 'default', 'ada'))?.uid ?? 'none';
});

async function write(work: (tx: FencedTransaction) => Promise<void>): Promise<void> {
  await fenced(database.db, leadership, work);
}

async function record(): Promise<WorkspaceRecord | undefined> {
  return (await findWorkspaceView(database.db, uid))?.record;
}

describe('a status', () => {
  it('comes back as it was written, with the key of the pass', async () => {
    await write((tx) => updateWorkspaceStatus(tx, { uid, generation: 1 }, WRITE));

    expect(await record()).toMatchObject({ status: STATUS, statusHash: 'hash', settledKey: 'key' });
  });

  it('never changes a spec or its generation', async () => {
    const before = await record();
    await write((tx) => updateWorkspaceStatus(tx, { uid, generation: 1 }, WRITE));
    const after = await record();

    expect(after?.spec).toEqual(before?.spec);
    expect(after?.generation).toBe(1);
  });

  it('is refused when the spec has changed since it was read', async () => {
    await apply(database.db, [workspace('ada', { role: 'writes' })]);

    const writing = write((tx) => updateWorkspaceStatus(tx, { uid, generation: 1 }, WRITE));

    await expect(writing).rejects.toThrow(ConflictError);
    expect(await record()).not.toHaveProperty('status');
  });

  it('holds whatever an agent wrote before it ended', async () => {
    const lastExit = {
      attempt: 1,
      at: '2026-01-01T00:00:00.000Z',
      log: 'a\0b \ud83d c \u{1f600}\n',
    };
    await write((tx) =>
      updateWorkspaceStatus(
        tx,
        { uid, generation: 1 },
        { ...WRITE, status: { ...STATUS, lastExit } },
      ),
    );

    expect((await record())?.status?.lastExit?.log).toBe('a\ufffdb \ufffd c \u{1f600}\n');
  });
});

it('forgets the key of a pass that was not the last word', async () => {
  await write((tx) => updateSettledKey(tx, uid, { settledKey: 'key', dueAt: undefined }));
  const before = await record();
  await write((tx) => updateSettledKey(tx, uid, { settledKey: undefined, dueAt: undefined }));

  expect(before?.settledKey).toBe('key');
  expect(await record()).not.toHaveProperty('settledKey');
});

it('keeps failures with their evidence, and forgets them', async () => {
  const exit = { attempt: 1, code: 1, at: FAILURES.lastAt, log: 'a\0b' };
  await write((tx) => updateFailures(tx, uid, { ...FAILURES, exit }));
  const kept = await record();
  await write((tx) => updateFailures(tx, uid, null));

  expect(kept?.failures).toEqual({ ...FAILURES, exit: { ...exit, log: 'a\ufffdb' } });
  expect(await record()).not.toHaveProperty('failures');
});
