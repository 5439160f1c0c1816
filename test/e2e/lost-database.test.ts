import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sample, sampleClass, toYaml } from '../support/agent-manifests.ts';
import { eventually, eventuallyTrue } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { OwnPostgres } from '../support/own-postgres.ts';
import { apply, online } from './team.ts';

const EMPTY_EVERY_TABLE = `do $$ declare name text; begin
  for name in select tablename from pg_tables where schemaname = 'public' and tablename not like 'treeline_schema%' loop
    execute format('truncate table %I cascade', name);
  end loop; end $$`;

/** What may happen to a database between two runs of a controller. */
const LOSSES = {
  emptied: async (postgres: OwnPostgres): Promise<void> => {
    await postgres.run(EMPTY_EVERY_TABLE, 'treeline');
  },
  'dropped and made anew': async (postgres: OwnPostgres): Promise<void> => {
    await postgres.run('drop database treeline');
    await postgres.run('create database treeline');
  },
};

let postgres: OwnPostgres;
let installation: Installation;

beforeAll(async () => {
  postgres = await OwnPostgres.create();
}, 60_000);

afterAll(async () => {
  await postgres[Symbol.asyncDispose]();
}, 60_000);

beforeEach(async () => {
  await postgres.run('create database treeline');
  installation = await Installation.create({ databaseUrl: postgres.url('treeline') });
}, 60_000);

afterEach(async () => {
  await installation[Symbol.asyncDispose]();
  await postgres.run('drop database treeline with (force)');
}, 60_000);

describe('a database', () => {
  it.each(Object.keys(LOSSES) as (keyof typeof LOSSES)[])(
    'that was %s costs no instance: what is declared is adopted, the rest waits for a person',
    async (loss) => {
      await installation.write('team.yaml', toYaml(sampleClass(), sample('ada'), sample('ben')));
      const controller = await installation.follow();
      const stdin = toYaml(sample('cem'), sample('dan'));
      await installation.cli('apply -f -', { stdin });
      await installation.settle(online('ada', 'ben', 'cem', 'dan'));
      const before = installation.pids();
      const { instanceId } = await installation.agentOf('cem');
      await controller.stop();

      await LOSSES[loss](postgres);
      const next = await installation.follow();
      await installation.settle(online('ada', 'ben'));
      const unclaimed = await unclaimedOnceThereAre(2);

      expect(unclaimed).toContain(instanceId);
      expect(installation.pids()).toEqual(before);
      expect(next.actions).toEqual(expect.arrayContaining(['default/ada Adopt']));
      expect(next.actions).toHaveLength(2);
      await approve(instanceId);
      expect(installation.pids()).toEqual(without(before, instanceId));
    },
    60_000,
  );

  it('that is an older copy costs no instance that it does not know', async () => {
    const controller = await installation.run();
    await apply(installation, online('ada', 'ben'));
    await installation.settle(online('ada', 'ben'));
    await controller.stop();
    await postgres.run('create database copy template treeline');
    const later = await installation.run();
    await apply(installation, online('ada', 'cem', 'dan'));
    await installation.settle(online('ada', 'cem', 'dan'));
    const { instanceId } = await installation.agentOf('cem');
    const before = installation.pids();
    await later.stop();

    await postgres.run('drop database treeline');
    await postgres.run('alter database copy rename to treeline');
    await installation.run();
    const unclaimed = await unclaimedOnceThereAre(2);
    // The copy wants ben, whose first attempt has ended since: it runs again, as another attempt.
    const ben = await eventually({ until: 'ben runs' }, () => installation.agentOf('ben'));
    await installation.settle(online('ada', 'ben'));

    expect(ben.instanceId).toMatch(/-2$/);
    expect(unclaimed).toContain(instanceId);
    expect(installation.pids()).toEqual(new Map([...before, [ben.instanceId, ben.pid]]));
    await approve(instanceId);
    expect(installation.pids().size).toBe(3);
  }, 60_000);
});

/** Ids of the instances that nobody claims, as `gc plan` shows them. */
async function unclaimedOnceThereAre(count: number): Promise<readonly string[]> {
  return await eventually({ until: `${count} instances are unclaimed` }, async () => {
    const { stdout } = await installation.cli('gc plan -o json');
    const { entries } = JSON.parse(stdout) as {
      entries: { decision: string; instanceId: string }[];
    };
    const ids = entries
      .filter(({ decision }) => decision === 'unclaimed')
      .map((entry) => entry.instanceId);
    return ids.length === count ? ids : undefined;
  });
}

/** As a person does it; waits until it is gone. */
async function approve(instanceId: string): Promise<void> {
  const { code } = await installation.cli(`gc approve process/${instanceId} --yes`);
  expect(code).toBe(0);
  await eventuallyTrue({ until: 'it is gone' }, () => !installation.pids().has(instanceId));
  await eventuallyTrue({ until: 'gc plan knows it' }, async () => {
    const { stdout } = await installation.cli('gc plan -o json');
    return !stdout.includes(instanceId) || stdout.includes('gone');
  });
}

function without(pids: ReadonlyMap<string, number>, instanceId: string) {
  return new Map([...pids].filter(([id]) => id !== instanceId));
}
