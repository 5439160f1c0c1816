import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { listGarbage } from '../../../store/garbage.ts';
import { backUp, restore } from '../../support/backup.ts';
import { cloudClass } from '../../support/cloud-class.ts';
import { Ec2Harness } from '../../support/ec2-harness.ts';
import { workspace } from '../../support/manifests.ts';
import { emptyDatabase } from '../../support/rows.ts';
import { eventsOf, expectAccount, liveNames, terminated } from './account.ts';
import { plant } from './by-hand.ts';

const CLASS = cloudClass();
const ADA = workspace({ name: 'ada' });
const BEN = workspace({ name: 'ben' });
const CLEO = workspace({ name: 'cleo' });
/** Longer than any doubt. */
const LONG_SECONDS = 1300;

let harness: Ec2Harness;

beforeAll(async () => {
  harness = await Ec2Harness.start({ connections: 1, logLevel: 'info' });
});

beforeEach(async () => {
  await harness.reset();
  await harness.apply(CLASS, ADA, BEN);
  await harness.settle();
});

afterAll(() => harness[Symbol.asyncDispose]());

function idOf(name: string): string {
  const found = harness.instances().find(({ tags }) => tags['treeline.dev/name'] === name);
  return found?.id ?? `no instance of ${name}`;
}

async function collectGarbage(): Promise<void> {
  await harness.look();
  await harness.collectGarbage('enforce');
}

async function reported(): Promise<readonly (readonly [string, string])[]> {
  const garbage = await listGarbage(harness.db);
  return garbage.map(({ instanceId, decision }) => [instanceId, decision] as const);
}

async function loseDatabase(): Promise<void> {
  await harness.kill();
  await emptyDatabase(harness.db);
  await harness.lead();
}

describe('two installations with the same names in one account', () => {
  it('leave each other alone, whatever is created and deleted', async () => {
    const ours = harness.instances();
    await using neighbour = await harness.startNeighbour({
      installationId: 'neighbour',
      connections: 1,
    });
    await neighbour.apply(CLASS, ADA, BEN);
    await neighbour.settle();
    const theirs = neighbour.instances().map(({ id }) => id);

    await harness.apply(CLASS, ADA);
    await harness.settle();
    await collectGarbage();
    await neighbour.apply(CLASS, BEN);
    await neighbour.settle();
    await neighbour.look();
    await neighbour.collectGarbage('enforce');

    expect(liveNames(harness)).toEqual(['ada']);
    expect(liveNames(neighbour)).toEqual(['ben']);
    expect(terminated(harness.fake)).toEqual([ours[1]?.id, theirs[0]]);
    expect(harness.fake.duplicatesEver).toEqual([]);
  });
});

describe('a database that was emptied', () => {
  it('deletes nothing, and says what it does not know', async () => {
    const ids = harness.instances().map(({ id }) => id);
    await loseDatabase();

    await harness.settle();
    await collectGarbage();
    await harness.advance(LONG_SECONDS);
    await collectGarbage();

    expect(terminated(harness.fake)).toEqual([]);
    expect(await reported()).toEqual(ids.map((id) => [id, 'unclaimed']));
  });

  it('finds its instances again when everything is declared again', async () => {
    const ids = harness.instances().map(({ id }) => id);
    await loseDatabase();

    await harness.apply(CLASS, ADA, BEN);
    await harness.settle();
    await collectGarbage();

    expect(harness.instances().map(({ id }) => id)).toEqual(ids);
    expect(terminated(harness.fake)).toEqual([]);
    await expectAccount(harness, { ada: 'running', ben: 'running' });
  });

  it('finds them again when it was lost in the middle of a launch', async () => {
    harness.process.life.arm({ name: 'ec2.RunInstances', when: 'after' });
    await harness.apply(CLASS, ADA, BEN, CLEO);
    await harness.look();
    await loseDatabase();

    await harness.apply(CLASS, ADA, BEN, CLEO);
    await harness.settle();

    await expectAccount(harness, { ada: 'running', ben: 'running', cleo: 'running' });
  });
});

describe('a database that was restored from an hour ago', () => {
  it('keeps what runs, launches what is missing, and says what it does not know', async () => {
    const ada = idOf('ada');
    await backUp(harness.db);
    await harness.apply(CLASS, ADA, CLEO);
    await harness.settle();
    await harness.advance(LONG_SECONDS);
    const cleo = idOf('cleo');
    const let_go = terminated(harness.fake);
    await harness.kill();
    await restore(harness.db);
    await harness.lead();

    await harness.settle();
    await collectGarbage();

    expect(idOf('ada')).toBe(ada);
    expect(liveNames(harness)).toEqual(['ada', 'ben', 'cleo']);
    expect(terminated(harness.fake)).toEqual(let_go);
    expect(await reported()).toEqual([[cleo, 'unclaimed']]);
    expect(harness.fake.duplicatesEver).toEqual([]);

    await harness.apply(CLASS, ADA, BEN, CLEO);
    await harness.settle();

    expect(idOf('cleo')).toBe(cleo);
    await expectAccount(harness, { ada: 'running', ben: 'running', cleo: 'running' });
  });
});

describe('tags by other hands', () => {
  it('a Name of the class or of a person says nothing about whose it is', async () => {
    const named = cloudClass({ ec2: { tags: { Name: 'a name of the class' } } });
    await harness.apply(named, ADA, BEN, CLEO);
    await harness.settle();
    const [cleo] = harness.instances().filter(({ id }) => id === idOf('cleo'));
    harness.fake.setTags(idOf('cleo'), { ...cleo?.tags, Name: 'default/ada' });
    const ids = harness.instances().map(({ id }) => id);

    await harness.advance(LONG_SECONDS);
    await collectGarbage();

    expect(cleo?.tags['Name']).toBe('a name of the class');
    expect(harness.instances().map(({ id }) => id)).toEqual(ids);
    expect(terminated(harness.fake)).toEqual([]);
    await expectAccount(harness, { ada: 'running', ben: 'running', cleo: 'running' });
  });

  it('when they are removed, the instance is neither replaced nor ended, and its status says so', async () => {
    const ada = idOf('ada');
    harness.fake.setTags(ada, {});

    await harness.advance(LONG_SECONDS);
    await harness.restart();
    await harness.settle();
    await collectGarbage();

    expect(harness.instances()).toHaveLength(2);
    expect(terminated(harness.fake)).toEqual([]);
    expect(await harness.condition('ada', 'Provisioned')).toMatchObject({
      status: 'Unknown',
      reason: 'StatusUnknown',
    });
  });

  it('when they are removed from one that is deleted, it waits until they are back', async () => {
    const ada = idOf('ada');
    const [before] = harness.instances().filter(({ id }) => id === ada);
    harness.fake.setTags(ada, {});
    await harness.apply(CLASS, BEN);
    await harness.advance(LONG_SECONDS);
    const meanwhile = terminated(harness.fake);

    harness.fake.setTags(ada, before?.tags ?? {});
    await harness.settle();

    expect(meanwhile).toEqual([]);
    expect(terminated(harness.fake)).toEqual([ada]);
    await expectAccount(harness, { ada: 'absent', ben: 'running' });
  });

  it('an instance that was tagged to look like ours belongs to nobody, and is reported', async () => {
    const [ada] = harness.instances();
    const copy = await plant(harness.fake, ada?.tags ?? {});

    await harness.advance(LONG_SECONDS);
    await collectGarbage();
    await harness.apply(CLASS, BEN);
    await harness.settle();
    await collectGarbage();

    expect(eventsOf(harness.fake, copy)).toEqual(['launched']);
    expect(terminated(harness.fake)).toEqual([ada?.id]);
    expect(await reported()).toEqual([[copy, 'unclaimed']]);
    expect(liveNames(harness)).toEqual(['ben']);
  });

  it('one that was tagged as a later attempt of ours is not adopted', async () => {
    const [ada] = harness.instances();
    const tags = {
      ...ada?.tags,
      'treeline.dev/attempt': '7',
      'treeline.dev/token': 'a'.repeat(64),
    };
    const copy = await plant(harness.fake, tags);

    await harness.advance(LONG_SECONDS);
    await collectGarbage();

    expect(eventsOf(harness.fake, copy)).toEqual(['launched']);
    expect(await reported()).toEqual([[copy, 'unclaimed']]);
    expect(harness.instances().map(({ id }) => id)).toContain(ada?.id);
    expect(terminated(harness.fake)).toEqual([]);
  });
});
