import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { sha256Hex } from '../../lib/hash.ts';
import { storeWords } from '../../store/agent-reports.ts';
import {
  toWordJson,
  type AgentWord,
  type HeartbeatWord,
  type WordAnswer,
} from '../../store/agent-words.ts';
import { requestDeletion } from '../../store/edit-workspace.ts';
import { releaseWorkspace } from '../../store/release-workspace.ts';
import {
  closeLaunches,
  declareWorkspace,
  lead,
  mintToken,
  openLaunch,
} from '../support/agent-rows.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

let database: TestDatabase;
let uid: string;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await sql`truncate workspaces, launches, credentials, agent_reports`.execute(database.db);
  uid = await declareWorkspace(database.db, { name: 'ada' });
  await openLaunch(database.db, { uid, attempt: 1 });
  await mintToken(database.db, { uid, attempt: 1, token: 'ada-1' });
});

function heartbeat(change: Partial<HeartbeatWord> = {}, token = 'ada-1'): HeartbeatWord {
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

function register(change: { readonly url?: string; readonly card?: object } = {}, token = 'ada-1') {
  const word = { kind: 'register', uid, tokenHash: sha256Hex(token) } as const;
  return { ...word, url: 'http://127.0.0.1:8000', card: { name: 'Ada' }, ...change };
}

async function say(...words: readonly AgentWord[]): Promise<readonly WordAnswer[]> {
  return await storeWords(database.db, words.map(toWordJson));
}

async function report() {
  return await database.db
    .selectFrom('agent_reports')
    .selectAll()
    .where('workspace_uid', '=', uid)
    .executeTakeFirst();
}

/** As if the last word had been said that long ago. */
async function age(seconds: number): Promise<void> {
  await sql`
    update agent_reports set heartbeat_at = heartbeat_at - ${seconds} * interval '1 second',
      activity_at = activity_at - ${seconds} * interval '1 second'`.execute(database.db);
}

const degraded = { errorRate: 0.5 };

describe('a word', () => {
  it('of the open attempt is answered with what is desired', async () => {
    const [answer] = await say(register());

    expect(answer).toEqual({
      kind: 'ok',
      uid,
      attempt: 1,
      phase: 'Pending',
      desiredState: 'Running',
      configRevision: sha256Hex('config-1').slice(0, 12),
      children: [],
      isTransition: true,
    });
  });

  it.each(['pending', 'launched', 'closing'] as const)(
    'counts while the attempt is %s',
    async (state) => {
      await sql`update launches set state = ${state}`.execute(database.db);

      expect(await say(heartbeat())).toMatchObject([{ kind: 'ok' }]);
    },
  );

  it('with an unknown token is refused and writes nothing', async () => {
    expect(await say(heartbeat({}, 'guessed'))).toEqual([{ kind: 'unauthorized' }]);
    expect(await report()).toBeUndefined();
  });

  it('with a revoked token is refused', async () => {
    await sql`update credentials set revoked_at = now()`.execute(database.db);

    expect(await say(heartbeat())).toEqual([{ kind: 'unauthorized' }]);
  });

  it('with the token of another workspace is refused and writes nothing for either', async () => {
    const other = await declareWorkspace(database.db, { name: 'ben' });

    expect(await say(heartbeat({ uid: other }))).toEqual([{ kind: 'wrong-workspace' }]);
    expect(await database.db.selectFrom('agent_reports').selectAll().execute()).toEqual([]);
  });

  it('of an attempt that was closed is dropped', async () => {
    await say(heartbeat({ currentTask: 'old' }));
    await closeLaunches(database.db, uid);
    await openLaunch(database.db, { uid, attempt: 2 });

    expect(await say(heartbeat({ currentTask: 'late' }))).toEqual([{ kind: 'stale-attempt' }]);
    expect(await report()).toMatchObject({ attempt: 1, current_task: 'old' });
  });

  it('about a workspace that is being deleted is dropped, also when its attempt is closed', async () => {
    await lead(database.db, (tx) => requestDeletion(tx, [uid]));
    const [open] = await say(register());
    await closeLaunches(database.db, uid);

    expect(open).toEqual({ kind: 'gone' });
    expect(await say(register())).toEqual([{ kind: 'gone' }]);
    expect(await report()).toBeUndefined();
  });

  it('about a workspace that was released never brings anything back', async () => {
    await say(register());
    await lead(database.db, (tx) => requestDeletion(tx, [uid]));
    await closeLaunches(database.db, uid);
    await lead(database.db, (tx) => releaseWorkspace(tx, uid));

    expect(await say(register())).toEqual([{ kind: 'unauthorized' }]);
    expect(await report()).toBeUndefined();
  });

  it('about a record that is missing says so', async () => {
    await sql`delete from workspaces`.execute(database.db);

    expect(await say(heartbeat())).toEqual([{ kind: 'unknown-workspace' }]);
    expect(await report()).toBeUndefined();
  });

  it('never touches the record', async () => {
    const version = sql<{
      version: string;
    }>`select xmin::text || ctid::text as version from workspaces`;
    const before = await version.execute(database.db);

    await say(register());
    await say(heartbeat(degraded));

    expect((await version.execute(database.db)).rows).toEqual(before.rows);
  });

  it('that only looks leaves no report and no use of the token', async () => {
    const look = { kind: 'look', uid, tokenHash: sha256Hex('ada-1') } as const;

    expect(await say(look)).toMatchObject([{ kind: 'ok', isTransition: false }]);
    expect(await report()).toBeUndefined();
    expect(await database.db.selectFrom('credentials').select('used_at').execute()).toEqual([
      { used_at: null },
    ]);
  });

  it('may hold any text that JSON can say', async () => {
    await say(
      heartbeat({ currentTask: 'a\0b', sampleError: '\ud800', metadata: { 'k\0': '\\u0000' } }),
    );

    expect(await report()).toMatchObject({
      current_task: 'a\ufffdb',
      sample_error: '\ufffd',
      metadata: { 'k\ufffd': '\\u0000' },
    });
  });
});

describe('words of one batch', () => {
  it('are answered in their order, each by itself', async () => {
    const answers = await say(heartbeat({}, 'guessed'), heartbeat(), heartbeat({ uid: 'other' }));

    expect(answers.map(({ kind }) => kind)).toEqual(['unauthorized', 'ok', 'wrong-workspace']);
  });

  it('of one token come down to the last one', async () => {
    await say(heartbeat({ currentTask: 'first' }), heartbeat({ currentTask: 'second' }));

    expect(await report()).toMatchObject({ current_task: 'second' });
  });

  it('of two tokens come down to that of the newer token', async () => {
    await mintToken(database.db, { uid, attempt: 1, token: 'ada-2' });

    await say(heartbeat({ currentTask: 'new' }, 'ada-2'), heartbeat({ currentTask: 'old' }));

    expect(await report()).toMatchObject({ current_task: 'new' });
  });
});

describe('tokens of an attempt', () => {
  it('are all good until the newer one is used; then the older one is not', async () => {
    await mintToken(database.db, { uid, attempt: 1, token: 'ada-2' });

    expect(await say(heartbeat())).toMatchObject([{ kind: 'ok' }]);
    expect(await say(heartbeat({}, 'ada-2'))).toMatchObject([{ kind: 'ok' }]);
    expect(await say(heartbeat())).toEqual([{ kind: 'unauthorized' }]);
    expect(await say(heartbeat({}, 'ada-2'))).toMatchObject([{ kind: 'ok' }]);
  });

  it('that are newer survive the first use of an older one', async () => {
    await mintToken(database.db, { uid, attempt: 1, token: 'ada-2' });

    await say(heartbeat());

    expect(await say(heartbeat({}, 'ada-2'))).toMatchObject([{ kind: 'ok' }]);
  });

  it('are written at the first use only', async () => {
    const version = sql<{
      version: string;
    }>`select xmin::text || ctid::text as version from credentials`;
    await say(heartbeat());
    const before = await version.execute(database.db);

    await say(heartbeat());

    expect((await version.execute(database.db)).rows).toEqual(before.rows);
  });

  it('of a refused word count as unused', async () => {
    await mintToken(database.db, { uid, attempt: 1, token: 'ada-2' });

    await say(heartbeat({ uid: 'other' }, 'ada-2'));

    expect(await say(heartbeat())).toMatchObject([{ kind: 'ok' }]);
  });
});

describe('a report', () => {
  it('holds what the agent said last', async () => {
    await say(register({ url: 'http://127.0.0.1:9000' }));
    await say(
      heartbeat({
        errorRate: 0.2,
        sampleError: 'boom',
        currentTask: 'write',
        activeTasks: 2,
        uptimeSeconds: 12.5,
        monthlySpendCents: 400,
        metadata: { idle_timeout_seconds: 9 },
        configRevision: 'abc',
      }),
    );

    expect(await report()).toMatchObject({
      attempt: 1,
      url: 'http://127.0.0.1:9000',
      card: { name: 'Ada' },
      error_rate: 0.2,
      sample_error: 'boom',
      current_task: 'write',
      active_tasks: 2,
      uptime_seconds: 12.5,
      monthly_spend_cents: 400,
      metadata: { idle_timeout_seconds: 9 },
      config_revision: 'abc',
    });
  });

  it('of an agent that beats and never registered has no time of registration', async () => {
    await say(heartbeat());

    expect(await report()).toMatchObject({ registered_at: null, url: null });
  });

  it('starts afresh with a new attempt', async () => {
    await say(register());
    await say(heartbeat({ ...degraded, monthlySpendCents: 5, activeTasks: 3 }));
    await closeLaunches(database.db, uid);
    await openLaunch(database.db, { uid, attempt: 2 });
    await mintToken(database.db, { uid, attempt: 2, token: 'ada-again' });

    await say(heartbeat({ errorRate: 0.3 }, 'ada-again'));

    expect(await report()).toMatchObject({
      attempt: 2,
      url: null,
      card: null,
      registered_at: null,
      is_degraded: false,
      monthly_spend_cents: 0,
      active_tasks: 0,
    });
  });

  it('keeps the spend when a heartbeat says 0', async () => {
    await say(heartbeat({ monthlySpendCents: 700 }));
    await say(heartbeat());

    expect(await report()).toMatchObject({ monthly_spend_cents: 700 });
  });

  it('keeps the tasks when the agent registers again, and is no longer degraded', async () => {
    await say(heartbeat({ ...degraded, activeTasks: 1, currentTask: 'write' }));
    await say(register());

    expect(await report()).toMatchObject({
      active_tasks: 1,
      current_task: 'write',
      is_degraded: false,
    });
  });

  it('changes nothing but the card, and the sign of life, with a new card', async () => {
    await say(register());
    await say(heartbeat({ ...degraded, activeTasks: 1 }));
    await say({ kind: 'card', uid, tokenHash: sha256Hex('ada-1'), card: { name: 'Ada II' } });

    expect(await report()).toMatchObject({
      card: { name: 'Ada II' },
      url: 'http://127.0.0.1:8000',
      is_degraded: true,
      active_tasks: 1,
    });
  });
});

describe('degradation', () => {
  const managed = { capabilities: { status_mgmt: true } };

  it.each([
    { said: [0.49], is: false },
    { said: [0.5], is: true },
    { said: [0.5, 0.1], is: true },
    { said: [0.5, 0.09], is: false },
    { said: [0.3], is: false },
  ])('after error rates $said is $is', async ({ said, is }) => {
    for (const errorRate of said) {
      await say(heartbeat({ errorRate }));
    }

    expect(await report()).toMatchObject({ is_degraded: is });
  });

  it('comes with a wedged runtime, whatever the error rate, and goes with it', async () => {
    await say(heartbeat({ runtimeState: 'wedged' }));
    const wedged = await report();
    await say(heartbeat());

    expect(wedged).toMatchObject({ is_degraded: true, runtime_state: 'wedged' });
    expect(await report()).toMatchObject({ is_degraded: false });
  });

  it('ignores the error rate of an agent that manages its status itself, and not the wedging', async () => {
    await say(heartbeat({ ...degraded, metadata: managed }));
    const erring = await report();
    await say(heartbeat({ runtimeState: 'wedged' }));

    expect(erring).toMatchObject({ is_degraded: false });
    expect(await report()).toMatchObject({ is_degraded: true });
  });
});

describe('activity', () => {
  it.each([
    { said: 'a running task', word: { activeTasks: 1 }, moves: true },
    { said: 'another current task', word: { currentTask: 'next' }, moves: true },
    { said: 'nothing new', word: { currentTask: 'same' }, moves: false },
    { said: 'an error rate', word: { currentTask: 'same', errorRate: 0.9 }, moves: false },
  ])('moves with $said: $moves', async ({ word, moves }) => {
    await say(heartbeat({ currentTask: 'same' }));
    await age(60);
    const before = await report();

    await say(heartbeat(word));

    expect(Number((await report())?.activity_at) > Number(before?.activity_at)).toBe(moves);
  });

  it('moves with a register', async () => {
    await say(heartbeat());
    await age(60);
    const before = await report();

    await say(register());

    expect(Number((await report())?.activity_at)).toBeGreaterThan(Number(before?.activity_at));
  });
});

describe('what the reconciler should see at once', () => {
  async function isNews(word: AgentWord): Promise<boolean | undefined> {
    const [answer] = await say(word);
    return answer?.kind === 'ok' ? answer.isTransition : undefined;
  }

  async function hibernate(secondsAgo: number): Promise<void> {
    const claimedAt = new Date(Date.now() - secondsAgo * 1000).toISOString();
    const hibernation = JSON.stringify({ claimedAt, reason: 'Idle' });
    await sql`update workspaces set hibernation = ${hibernation}::jsonb`.execute(database.db);
  }

  it('is the first word of an attempt, and no steady heartbeat', async () => {
    expect(await isNews(heartbeat())).toBe(true);
    expect(await isNews(heartbeat())).toBe(false);
    expect(await isNews(heartbeat({ activeTasks: 4, currentTask: 'x' }))).toBe(false);
  });

  it('is the first register after heartbeats, and one from another address', async () => {
    await say(heartbeat());

    expect(await isNews(register())).toBe(true);
    expect(await isNews(register())).toBe(false);
    expect(await isNews(register({ url: 'http://127.0.0.1:8001' }))).toBe(true);
  });

  it('is a degradation and a recovery', async () => {
    await say(heartbeat());

    expect(await isNews(heartbeat(degraded))).toBe(true);
    expect(await isNews(heartbeat(degraded))).toBe(false);
    expect(await isNews(heartbeat())).toBe(true);
  });

  it('is a sign of life after 180 s of silence', async () => {
    await say(heartbeat());
    await age(179);
    const inTime = await isNews(heartbeat());
    await age(181);

    expect(inTime).toBe(false);
    expect(await isNews(heartbeat())).toBe(true);
  });

  it('is, while it hibernates, the first word after the claim and each change between idle and busy', async () => {
    await say(heartbeat());
    await age(60);
    await hibernate(30);

    expect(await isNews(heartbeat())).toBe(true);
    expect(await isNews(heartbeat())).toBe(false);
    expect(await isNews(heartbeat({ activeTasks: 1 }))).toBe(true);
    expect(await isNews(heartbeat({ activeTasks: 2 }))).toBe(false);
    expect(await isNews(heartbeat())).toBe(true);
  });
});

describe('what is desired', () => {
  async function answer() {
    const [first] = await say(heartbeat());
    return first;
  }

  it.each(['Paused', 'Hibernated'] as const)(
    'is %s where the spec says so',
    async (desiredState) => {
      await declareWorkspace(database.db, { name: 'ada', desiredState });

      expect(await answer()).toMatchObject({ desiredState });
    },
  );

  it('is Paused below a paused ancestor', async () => {
    await declareWorkspace(database.db, { name: 'root', desiredState: 'Paused' });
    await declareWorkspace(database.db, { name: 'lead', parentRef: { name: 'root' } });
    await declareWorkspace(database.db, { name: 'ada', parentRef: { name: 'lead' } });

    expect(await answer()).toMatchObject({ desiredState: 'Paused' });
  });

  it('is Hibernated from the claim on', async () => {
    await sql`update workspaces set hibernation = '{"claimedAt":"2026-01-01T00:00:00Z"}'`.execute(
      database.db,
    );

    expect(await answer()).toMatchObject({ desiredState: 'Hibernated' });
  });

  it('comes with the direct children, by name, without those that are being deleted', async () => {
    const parentRef = { name: 'ada' };
    const zoe = await declareWorkspace(database.db, { name: 'zoe', parentRef });
    const ben = await declareWorkspace(database.db, { name: 'ben', parentRef });
    const eve = await declareWorkspace(database.db, { name: 'eve', parentRef });
    await declareWorkspace(database.db, { name: 'grandchild', parentRef: { name: 'ben' } });
    await lead(database.db, (tx) => requestDeletion(tx, [eve]));

    expect(await answer()).toMatchObject({
      children: [
        { uid: ben, name: 'ben' },
        { uid: zoe, name: 'zoe' },
      ],
    });
  });
});
