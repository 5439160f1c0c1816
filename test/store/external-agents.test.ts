import { beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { WorkspaceSpec } from '../../api/workspace.ts';
import type { PreparedLaunch } from '../../api/launch.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { pruneCredentials } from '../../store/agent-credentials.ts';
import { inTransaction } from '../../store/db.ts';
import { requestDeletion } from '../../store/edit-workspace.ts';
import {
  closeExternalAttempt,
  listDeclaredAddresses,
  lockExternalAttempt,
  openExternalAttempt,
  storeConnection,
} from '../../store/external-agents.ts';
import { insertLaunch, nextAttempt } from '../../store/launches.ts';
import { releaseWorkspace } from '../../store/release-workspace.ts';
import { settledPages } from '../../store/settled-rows.ts';
import { findWorkspaceView } from '../../store/workspace-view.ts';
import { declareWorkspace, lead, mintToken, openLaunch } from '../support/agent-rows.ts';
import { age, db, heartbeat, register, report, say, useAda } from './words.ts';

useAda();

let eve: string;

/** The agent of `eve` runs elsewhere, in its first attempt, with a token. */
async function expectAgent(token: string, attempt = 1): Promise<void> {
  await mintToken(db, { uid: eve, attempt, token });
  await lead(db, (tx) => openExternalAttempt(tx, { workspaceUid: eve, attempt }));
}

function beat(token: string) {
  return heartbeat({ uid: eve }, token);
}

async function connect(token: string): Promise<void> {
  await inTransaction(db, (tx) =>
    storeConnection(tx, {
      workspaceUid: eve,
      attempt: 1,
      tokenHash: sha256Hex(token),
      sealedInboundSecret: 'sealed',
    }),
  );
}

async function declare(name: string, spec: WorkspaceSpec): Promise<string> {
  return await declareWorkspace(db, { name, ...spec });
}

beforeEach(async () => {
  eve = await declare('eve', { external: {} });
});

describe('a word of an agent that runs elsewhere', () => {
  it('counts in its attempt, although nothing was launched', async () => {
    await expectAgent('eve-1');

    expect(await say(beat('eve-1'))).toMatchObject([{ kind: 'ok', uid: eve, attempt: 1 }]);
    expect((await findWorkspaceView(db, eve))?.report).toMatchObject({ activeTasks: 0 });
  });

  it('is answered with the revision that its status says, as it moves', async () => {
    await expectAgent('eve-1');
    const [before] = await say(beat('eve-1'));
    const status = JSON.stringify({ resolved: { configRevision: 'abc' } });
    await sql`update workspaces set status = ${status}::jsonb where uid = ${eve}`.execute(db);

    expect(before).toMatchObject({ configRevision: '' });
    expect(await say(beat('eve-1'))).toMatchObject([{ configRevision: 'abc' }]);
  });

  it('is refused before the attempt is open', async () => {
    await mintToken(db, { uid: eve, attempt: 1, token: 'eve-1' });

    expect(await say(beat('eve-1'))).toEqual([{ kind: 'stale-attempt' }]);
  });

  it('is refused once the attempt is over, also in the next one', async () => {
    await expectAgent('eve-1');
    await lead(db, (tx) => closeExternalAttempt(tx, eve));
    const between = await say(beat('eve-1'));
    await expectAgent('eve-2', 2);

    expect(between).toEqual([{ kind: 'stale-attempt' }]);
    expect(await say(beat('eve-1'))).toEqual([{ kind: 'stale-attempt' }]);
    expect(await say(beat('eve-2'))).toMatchObject([{ kind: 'ok', attempt: 2 }]);
  });

  it('never counts for another workspace', async () => {
    await expectAgent('eve-1');

    expect(await say(heartbeat({}, 'eve-1'))).toEqual([{ kind: 'wrong-workspace' }]);
    expect(await report()).toBeUndefined();
  });

  it('wins over what the instance before it has said, and loses against the instance after it', async () => {
    await openLaunch(db, { uid: eve, attempt: 1 });
    await mintToken(db, { uid: eve, attempt: 1, token: 'instance' });
    await say(beat('instance'));
    await sql`update launches set state = 'closed' where workspace_uid = ${eve}`.execute(db);
    await expectAgent('eve-2', 2);
    const [elsewhere] = await say(beat('eve-2'));
    await lead(db, (tx) => closeExternalAttempt(tx, eve));
    await openLaunch(db, { uid: eve, attempt: 3 });
    await mintToken(db, { uid: eve, attempt: 3, token: 'next' });

    expect(elsewhere).toMatchObject({ kind: 'ok', attempt: 2 });
    expect(await say(beat('eve-2'), beat('next'))).toMatchObject([
      { kind: 'stale-attempt' },
      { kind: 'ok', attempt: 3 },
    ]);
  });

  it('is news after 90 s of silence', async () => {
    await expectAgent('eve-1');
    await say(beat('eve-1'));
    await age(89);
    const [inTime] = await say(beat('eve-1'));
    await age(91);

    expect(inTime).toMatchObject({ isTransition: false });
    expect(await say(beat('eve-1'))).toMatchObject([{ isTransition: true }]);
  });

  it('is told that its workspace is gone, also after the release, and brings nothing back', async () => {
    await expectAgent('eve-1');
    await lead(db, (tx) => requestDeletion(tx, [eve]));
    const [deleting] = await say(beat('eve-1'));
    await lead(db, (tx) => releaseWorkspace(tx, eve));

    expect(deleting).toEqual({ kind: 'gone' });
    expect(await say(beat('eve-1'), beat('guessed'))).toEqual([
      { kind: 'gone' },
      { kind: 'unauthorized' },
    ]);
    expect(await findWorkspaceView(db, eve)).toBeUndefined();
  });

  it('is refused when the same name was declared again after the release', async () => {
    await expectAgent('eve-1');
    await lead(db, (tx) => requestDeletion(tx, [eve]));
    await lead(db, (tx) => releaseWorkspace(tx, eve));
    await declare('eve', { external: {} });

    expect(await say(beat('eve-1'))).toEqual([{ kind: 'unauthorized' }]);
  });
});

describe('an attempt elsewhere', () => {
  it('forgets what was known of instances', async () => {
    await sql`update workspaces set failures = '{}', hibernation = '{}' where uid = ${eve}`.execute(
      db,
    );

    await expectAgent('eve-1');

    const record = (await findWorkspaceView(db, eve))?.record;
    expect(record).toMatchObject({ externalAttempt: 1 });
    expect(record).not.toHaveProperty('failures');
    expect(record).not.toHaveProperty('hibernation');
  });

  it('has a number that no launch gets after it, and none before it', async () => {
    const launch = { workspaceUid: eve, name: 'eve', parameters: { placement: '', details: {} } };
    const prepared = {
      ...{ namespace: 'default', className: 'local', backend: 'process' },
      ...{ ...launch, milliCpus: 0, inputsHash: '', configHash: '' },
    } as unknown as PreparedLaunch;
    await openLaunch(db, { uid: eve, attempt: 4, state: 'closed' });

    const attempt = await lead(db, (tx) => nextAttempt(tx, eve, 0));
    await expectAgent('eve-5', attempt);
    await lead(db, (tx) => closeExternalAttempt(tx, eve));
    const options = { installationId: 'installation', highestAttemptSeen: 0 };

    expect(attempt).toBe(5);
    expect(await lead(db, (tx) => insertLaunch(tx, prepared, options))).toBe(6);
  });

  it('is locked for who connects an agent, unless the record is being deleted', async () => {
    const lock = () => inTransaction(db, (tx) => lockExternalAttempt(tx, eve));
    const none = await lock();
    await expectAgent('eve-1');
    const open = await lock();
    await lead(db, (tx) => requestDeletion(tx, [eve]));

    expect([none, open, await lock()]).toEqual([
      undefined,
      { workspaceUid: eve, attempt: 1 },
      undefined,
    ]);
  });
});

describe('tokens that an operator asked for', () => {
  it('are all good until a newer one is used', async () => {
    await expectAgent('eve-1');
    await connect('first');
    await say(beat('first'));
    await connect('second');

    expect(await say(beat('first'))).toMatchObject([{ kind: 'ok' }]);
    expect(await say(beat('second'))).toMatchObject([{ kind: 'ok' }]);
    expect(await say(beat('first'))).toEqual([{ kind: 'unauthorized' }]);
  });

  it('stay good while nobody uses them, but no more than the newest ten', async () => {
    await expectAgent('eve-1');
    await connect('used');
    await say(beat('used'));
    for (const number of Array.from({ length: 11 }, (_, index) => index)) {
      await connect(`unused-${number}`);
    }

    const kinds = (await say(beat('used'), beat('unused-0'), beat('unused-1'))).map(
      ({ kind }) => kind,
    );

    expect(kinds).toEqual(['ok', 'unauthorized', 'ok']);
  });
});

describe('what is kept of released records', () => {
  it('are hashes of tokens, without their secrets, for 90 days', async () => {
    await expectAgent('eve-1');
    await lead(db, (tx) => requestDeletion(tx, [eve]));
    await lead(db, (tx) => releaseWorkspace(tx, eve));
    const kept = await db
      .selectFrom('credentials')
      .select('inbound_secret')
      .where('workspace_uid', '=', eve)
      .execute();

    const early = await lead(db, pruneCredentials);
    await sql`update credentials set revoked_at = revoked_at - interval '91 days'`.execute(db);

    expect(kept).toEqual([{ inbound_secret: '' }]);
    expect([early, await lead(db, pruneCredentials)]).toEqual([0, 1]);
  });
});

describe('what the resync and the prober read', () => {
  it('says where an agent elsewhere listens, and after 90 s that it is lost', async () => {
    await expectAgent('eve-1');
    await say(register({ uid: eve, tokenHash: sha256Hex('eve-1') }));
    await say(heartbeat());
    await age(100);

    const rows = (await Array.fromAsync(settledPages(db))).flat();

    expect(rows.find(({ uid }) => uid === eve)).toMatchObject({
      ...{ is_external: true, external_attempt: 1, attempt: null },
      ...{ external_url: 'http://127.0.0.1:8000', agent: 'lost' },
    });
    expect(rows.find(({ name }) => name === 'ada')).toMatchObject({
      ...{ is_external: false, external_attempt: null, external_url: null, agent: 'beating' },
    });
  });

  it('are the addresses that declarations give', async () => {
    const max = await declare('max', { external: { url: 'http://192.168.0.7' } });
    const gone = await declare('gone', { external: { url: 'http://192.168.0.8' } });
    await lead(db, (tx) => requestDeletion(tx, [gone]));

    expect(await listDeclaredAddresses(db)).toEqual([{ uid: max, url: 'http://192.168.0.7' }]);
  });
});
