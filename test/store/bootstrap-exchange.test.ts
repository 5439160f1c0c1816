import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { sha256Hex } from '../../lib/hash.ts';
import { findSealedInboundSecret, hasCredentials } from '../../store/agent-credentials.ts';
import { listActivity } from '../../store/activity.ts';
import { exchangeBootstrap } from '../../store/bootstrap-exchange.ts';
import { inTransaction } from '../../store/db.ts';
import { requestDeletion } from '../../store/edit-workspace.ts';
import { releaseWorkspace } from '../../store/release-workspace.ts';
import { closeLaunches, lead, openLaunch } from '../support/agent-rows.ts';
import { eventuallyTrue } from '../support/eventually.ts';
import {
  BOOTSTRAP_HASH,
  arm,
  attempt,
  exchange,
  isArmed,
  isGood,
  kindOf,
  use,
  useArmedAda,
} from './bootstrap-tokens.ts';
import { db, heartbeat, register, uid } from './words.ts';

useArmedAda();

describe('a bootstrap token', () => {
  it('is a credential of its attempt from the launch on', async () => {
    expect(await hasCredentials(db, attempt())).toBe(true);
    expect(await findSealedInboundSecret(db, attempt())).toBe('sealed');
  });

  it('is one row, however often its launch is sent', async () => {
    await arm();
    await arm();

    expect(await db.selectFrom('credentials').selectAll().execute()).toHaveLength(1);
  });

  it.each([
    ['register', () => register({ tokenHash: BOOTSTRAP_HASH })],
    ['heartbeat', () => heartbeat({ tokenHash: BOOTSTRAP_HASH })],
    ['card', () => ({ kind: 'card', uid, tokenHash: BOOTSTRAP_HASH, card: {} }) as const],
    ['look', () => ({ kind: 'look', uid, tokenHash: BOOTSTRAP_HASH }) as const],
  ])('is good for no %s', async (_kind, word) => {
    expect(await kindOf(word())).toBe('unauthorized');
    expect(await isArmed()).toBe(true);
  });

  it('of which another attempt, or the token of an agent, cannot take the place', async () => {
    await exchange('ada-1');

    expect(await exchange('ada-2', { attempt: 2 })).toBe(false);
    expect(await exchange('ada-2', { workspaceUid: 'uid-ben' })).toBe(false);
    expect(await exchange('ada-2', { bootstrapHash: sha256Hex('ada-1') })).toBe(false);
    expect(await kindOf({ kind: 'bootstrap', tokenHash: sha256Hex('ada-1') })).toBe('unauthorized');
  });

  it('is exchanged again when the answer was lost, and all it gave are good', async () => {
    const stored = [await exchange('lost'), await exchange('ada-1')];

    expect(stored).toEqual([true, true]);
    expect([await isGood('lost'), await isGood('ada-1')]).toEqual([true, true]);
  });

  it('is exchanged by two at once, and both get a good token', async () => {
    const stored = await Promise.all([exchange('ada-1'), exchange('ada-2')]);

    expect(stored).toEqual([true, true]);
    expect([await isGood('ada-1'), await isGood('ada-2')]).toEqual([true, true]);
  });

  it.each([
    ['the older', 'ada-1', 'ada-2'],
    ['the newer', 'ada-2', 'ada-1'],
  ])('is over, with all else it gave, when %s of them is used', async (_which, used, other) => {
    await exchange('ada-1');
    await exchange('ada-2');

    expect(await use(used)).toBe('ok');
    expect([await isGood(used), await isGood(other), await isArmed()]).toEqual([
      true,
      false,
      false,
    ]);
    expect(await exchange('late')).toBe(false);
  });

  it('gives the secret of its attempt each time', async () => {
    await exchange('ada-1');
    await exchange('ada-2');

    const rows = await db.selectFrom('credentials').select('inbound_secret').execute();

    expect(rows).toEqual(Array(3).fill({ inbound_secret: 'sealed' }));
  });

  it('leaves no heap of tokens when a boot fails for ever', async () => {
    const tokens = Array.from({ length: 13 }, (_, index) => `boot-${index}`);
    for (const token of tokens) {
      await exchange(token);
    }

    const good = await Promise.all(tokens.map(isGood));

    expect(good).toEqual([false, false, false, ...Array<boolean>(10).fill(true)]);
    expect(await isArmed()).toBe(true);
  });

  it('tells of each exchange in the activity, and nothing of a token', async () => {
    await exchange('ada-1');

    const [entry] = await listActivity(db, { workspaceUid: uid, limit: 9 });

    expect(entry).toMatchObject({ action: 'Bootstrapped', name: 'ada', data: { attempt: 1 } });
    expect(JSON.stringify(entry)).not.toMatch(/ada-1|sealed|[0-9a-f]{64}/);
  });
});

describe('a bootstrap token that is refused stores nothing', () => {
  const expectNothing = async () => {
    expect(await exchange('ada-1')).toBe(false);
    expect(await isGood('ada-1')).toBe(false);
    expect(await listActivity(db, { workspaceUid: uid, limit: 9 })).toEqual([]);
  };

  it('when its attempt is over', async () => {
    await closeLaunches(db, uid);
    await openLaunch(db, { uid, attempt: 2 });

    await expectNothing();
    expect(await kindOf({ kind: 'bootstrap', tokenHash: BOOTSTRAP_HASH })).toBe('stale-attempt');
  });

  it('while the record is being deleted', async () => {
    await lead(db, (tx) => requestDeletion(tx, [uid]));
    await sql`truncate activity`.execute(db);

    await expectNothing();
    expect(await kindOf({ kind: 'bootstrap', tokenHash: BOOTSTRAP_HASH })).toBe('gone');
  });

  it('when the record is gone', async () => {
    await sql`delete from workspaces`.execute(db);

    await expectNothing();
    expect(await kindOf({ kind: 'bootstrap', tokenHash: BOOTSTRAP_HASH })).toBe(
      'unknown-workspace',
    );
  });

  it('and a release that comes while it is exchanged leaves none behind', async () => {
    let released: Promise<unknown> = Promise.resolve();

    await inTransaction(db, async (tx) => {
      await exchangeBootstrap(tx, {
        ...attempt(),
        bootstrapHash: BOOTSTRAP_HASH,
        tokenHash: sha256Hex('x'),
      });
      await lead(db, (other) => requestDeletion(other, [uid]));
      released = lead(db, (other) => releaseWorkspace(other, uid));
      await eventuallyTrue({ until: 'the release waits' }, async () => (await waiting()) > 0);
    });
    await released;

    expect([await isGood('x'), await isArmed()]).toEqual([false, false]);
    expect(
      await db.selectFrom('credentials').select('inbound_secret').distinct().execute(),
    ).toEqual([{ inbound_secret: '' }]);
  });
});

/** Statements of this database that wait for somebody's lock. */
async function waiting(): Promise<number> {
  const { rows } = await sql<{ readonly count: number }>`
    select count(*)::int as count from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
  return rows[0]?.count ?? 0;
}

describe('a start', () => {
  it('leaves the token of an agent that has spoken as the only one', async () => {
    await exchange('ada-1');
    await use('ada-1');

    await arm();

    expect([await isGood('ada-1'), await isArmed()]).toEqual([true, false]);
  });

  it('makes the bootstrap token good again where no other is, until the agent has spoken', async () => {
    await exchange('ada-1');
    await use('ada-1');
    await sql`update credentials set revoked_at = now()`.execute(db);

    await arm();
    const armed = await isArmed();
    await exchange('ada-2');
    await use('ada-2');

    expect([armed, await isGood('ada-2'), await isArmed()]).toEqual([true, true, false]);
  });
});
