import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { sql, type Selectable } from 'kysely';
import { sha256Hex } from '../../lib/hash.ts';
import { storeWords } from '../../store/agent-reports.ts';
import {
  toWordJson,
  type AgentWord,
  type HeartbeatWord,
  type RegisterWord,
  type WordAnswer,
} from '../../store/agent-words.ts';
import type { Db } from '../../store/db.ts';
import type { AgentReportsTable } from '../../store/tables.ts';
import { declareWorkspace, mintToken, openLaunch } from '../support/agent-rows.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

let database: TestDatabase;
/** The workspace `ada`, in its first attempt, whose token is `ada-1`. */
export let uid: string;
export let db: Db;

/** To be called once in a test file: a database of its own, with `ada` in it anew for each test. */
export function useAda(): void {
  beforeAll(async () => {
    database = await createTestDatabase();
    db = database.db;
  });
  afterAll(async () => {
    await database[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    await sql`truncate workspaces, launches, credentials, agent_reports`.execute(db);
    uid = await declareWorkspace(db, { name: 'ada' });
    await openLaunch(db, { uid, attempt: 1 });
    await mintToken(db, { uid, attempt: 1, token: 'ada-1' });
  });
}

export function heartbeat(change: Partial<HeartbeatWord> = {}, token = 'ada-1'): HeartbeatWord {
  return {
    kind: 'heartbeat',
    uid,
    tokenHash: sha256Hex(token),
    errorRate: 0,
    activeTasks: 0,
    monthlySpendCents: 0,
    runtimeState: '',
    ...change,
  };
}

export function register(change: Partial<RegisterWord> = {}): RegisterWord {
  const word = { kind: 'register', uid, tokenHash: sha256Hex('ada-1') } as const;
  return { ...word, url: 'http://127.0.0.1:8000', card: { name: 'Ada' }, ...change };
}

/** Says them in one batch. */
export async function say(...words: readonly AgentWord[]): Promise<readonly WordAnswer[]> {
  return await storeWords(db, words.map(toWordJson));
}

export async function report(): Promise<Selectable<AgentReportsTable> | undefined> {
  return await db
    .selectFrom('agent_reports')
    .selectAll()
    .where('workspace_uid', '=', uid)
    .executeTakeFirst();
}

/** As if the last word had been said that long ago. */
export async function age(seconds: number): Promise<void> {
  await sql`
    update agent_reports set heartbeat_at = heartbeat_at - ${seconds} * interval '1 second',
      activity_at = activity_at - ${seconds} * interval '1 second'`.execute(db);
}
