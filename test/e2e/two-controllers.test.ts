import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ControllerProcess } from '../support/controller-process.ts';
import { eventuallyTrue } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { withSeed } from '../support/seeded-random.ts';
import { leaseOf } from '../support/short-lease.ts';
import { apply, expectOneEach, online, TEN } from './team.ts';

/** Longer than a busy machine holds up a renewal. */
const LEASE_SECONDS = 3;
const BEFORE = online('ada', 'ben', 'cem');
const AFTER = online('ada', 'ben', 'dan');

describe('two controllers on one database', () => {
  it('have one leader; the other goes on where a stopped one was, and the old one ends itself', async () => {
    await using database = await createTestDatabase();
    await using installation = await createInstallation(database.connectionString);
    const first = await installation.run();
    await first.logged('started leading');
    const second = await installation.run();
    await apply(installation, BEFORE);
    await installation.settle(BEFORE);
    const before = installation.pids();

    first.signal('SIGSTOP');
    await second.logged('started leading');
    await apply(installation, AFTER);
    await installation.settle(AFTER);
    first.signal('SIGCONT');
    const end = await first.ended();

    await expectOneEach(installation, AFTER);
    expect(end).toEqual({ code: 1, signal: null });
    expect(first.output).toMatch(/^lost the lead: /m);
    expect(first.actions.filter((action) => action.includes('dan'))).toEqual([]);
    expect(second.end).toBeUndefined();
    const kept = [...before].filter(([id, pid]) => installation.pids().get(id) === pid);
    expect(kept).toHaveLength(2);
  }, 60_000);

  it(
    'make each of ten once, when the leader is stopped in the middle of them',
    () =>
      withSeed(async (random) => {
        await using database = await createTestDatabase();
        await using installation = await createInstallation(database.connectionString);
        const first = await installation.run();
        await first.logged('started leading');
        const second = await installation.run();

        await apply(installation, TEN);
        await stopInTheMiddle(first, random.below(800));
        await second.logged('started leading');
        await installation.settle(TEN);
        const settled = installation.pids();
        first.signal('SIGCONT');
        const end = await first.ended();

        expect(end).toEqual({ code: 1, signal: null });
        expect(first.output).toMatch(/^lost the lead: /m);
        await expectOneEach(installation, TEN);
        expect(installation.pids()).toEqual(settled);
      }),
    60_000,
  );
});

function createInstallation(databaseUrl: string): Promise<Installation> {
  return Installation.create({ databaseUrl, flags: leaseOf(LEASE_SECONDS) });
}

async function stopInTheMiddle(leader: ControllerProcess, afterMs: number): Promise<void> {
  await eventuallyTrue({ until: 'the first step was taken' }, () => leader.actions.length > 0);
  await sleep(afterMs);
  leader.signal('SIGSTOP');
}
