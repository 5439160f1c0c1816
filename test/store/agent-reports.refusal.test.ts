import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { sha256Hex } from '../../lib/hash.ts';
import { requestDeletion } from '../../store/edit-workspace.ts';
import { releaseWorkspace } from '../../store/release-workspace.ts';
import {
  closeLaunches,
  declareWorkspace,
  lead,
  mintToken,
  openLaunch,
} from '../support/agent-rows.ts';
import { db, heartbeat, register, report, say, uid, useAda } from './words.ts';

useAda();

const degraded = { errorRate: 0.5 };
const ADDRESS = 'http://127.0.0.1:9000';

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
      await sql`update launches set state = ${state}`.execute(db);

      expect(await say(heartbeat())).toMatchObject([{ kind: 'ok' }]);
    },
  );

  it('with an unknown token is refused and writes nothing', async () => {
    expect(await say(heartbeat({}, 'guessed'))).toEqual([{ kind: 'unauthorized' }]);
    expect(await report()).toBeUndefined();
  });

  it('with a revoked token is refused', async () => {
    await sql`update credentials set revoked_at = now()`.execute(db);

    expect(await say(heartbeat())).toEqual([{ kind: 'unauthorized' }]);
  });

  it('with the token of another workspace is refused and writes nothing for either', async () => {
    const other = await declareWorkspace(db, { name: 'ben' });

    expect(await say(heartbeat({ uid: other }))).toEqual([{ kind: 'wrong-workspace' }]);
    expect(await db.selectFrom('agent_reports').selectAll().execute()).toEqual([]);
  });

  it('of an attempt that was closed is dropped', async () => {
    await say(heartbeat({ currentTask: 'old' }));
    await closeLaunches(db, uid);
    await openLaunch(db, { uid, attempt: 2 });

    expect(await say(heartbeat({ currentTask: 'late' }))).toEqual([{ kind: 'stale-attempt' }]);
    expect(await report()).toMatchObject({ attempt: 1, current_task: 'old' });
  });

  it('about a workspace that is being deleted is dropped, also when its attempt is closed', async () => {
    await lead(db, (tx) => requestDeletion(tx, [uid]));
    const [open] = await say(register());
    await closeLaunches(db, uid);

    expect(open).toEqual({ kind: 'gone' });
    expect(await say(register())).toEqual([{ kind: 'gone' }]);
    expect(await report()).toBeUndefined();
  });

  it('about a workspace that was released never brings anything back', async () => {
    await say(register());
    await lead(db, (tx) => requestDeletion(tx, [uid]));
    await closeLaunches(db, uid);
    await lead(db, (tx) => releaseWorkspace(tx, uid));

    expect(await say(register())).toEqual([{ kind: 'gone' }]);
    expect(await report()).toBeUndefined();
  });

  it('about a record that is missing says so', async () => {
    await sql`delete from workspaces`.execute(db);

    expect(await say(heartbeat())).toEqual([{ kind: 'unknown-workspace' }]);
    expect(await report()).toBeUndefined();
  });

  it('never touches the record', async () => {
    const version = sql<{
      version: string;
    }>`select xmin::text || ctid::text as version from workspaces`;
    const before = await version.execute(db);

    await say(register());
    await say(heartbeat(degraded));

    expect((await version.execute(db)).rows).toEqual(before.rows);
  });

  it('that only looks leaves no report and no use of the token', async () => {
    const look = { kind: 'look', uid, tokenHash: sha256Hex('ada-1') } as const;

    expect(await say(look)).toMatchObject([{ kind: 'ok', isTransition: false }]);
    expect(await report()).toBeUndefined();
    expect(await db.selectFrom('credentials').select('used_at').execute()).toEqual([
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

  it.each([
    ['a heartbeat after it', () => [register({ url: ADDRESS }), heartbeat()]],
    ['a heartbeat before it', () => [heartbeat(), register({ url: ADDRESS })]],
  ])('keep the address of a register, which comes once: %s', async (_title, words) => {
    await say(...words());

    expect(await report()).toMatchObject({ url: ADDRESS });
  });

  it('of two tokens come down to that of the newer token', async () => {
    await mintToken(db, { uid, attempt: 1, token: 'ada-2' });

    await say(heartbeat({ currentTask: 'new' }, 'ada-2'), heartbeat({ currentTask: 'old' }));

    expect(await report()).toMatchObject({ current_task: 'new' });
  });
});

describe('tokens of an attempt', () => {
  it('are all good until the newer one is used; then the older one is not', async () => {
    await mintToken(db, { uid, attempt: 1, token: 'ada-2' });

    expect(await say(heartbeat())).toMatchObject([{ kind: 'ok' }]);
    expect(await say(heartbeat({}, 'ada-2'))).toMatchObject([{ kind: 'ok' }]);
    expect(await say(heartbeat())).toEqual([{ kind: 'unauthorized' }]);
    expect(await say(heartbeat({}, 'ada-2'))).toMatchObject([{ kind: 'ok' }]);
  });

  it('that are newer survive the first use of an older one', async () => {
    await mintToken(db, { uid, attempt: 1, token: 'ada-2' });

    await say(heartbeat());

    expect(await say(heartbeat({}, 'ada-2'))).toMatchObject([{ kind: 'ok' }]);
  });

  it('are written at the first use only', async () => {
    const version = sql<{
      version: string;
    }>`select xmin::text || ctid::text as version from credentials`;
    await say(heartbeat());
    const before = await version.execute(db);

    await say(heartbeat());

    expect((await version.execute(db)).rows).toEqual(before.rows);
  });

  it('of a refused word count as unused', async () => {
    await mintToken(db, { uid, attempt: 1, token: 'ada-2' });

    await say(heartbeat({ uid: 'other' }, 'ada-2'));

    expect(await say(heartbeat())).toMatchObject([{ kind: 'ok' }]);
  });
});
