import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { droppedAfter, droppedBefore, late, refused } from '../../fakes/ec2/faults.ts';
import { cloudClass } from '../../support/cloud-class.ts';
import { Ec2Harness } from '../../support/ec2-harness.ts';
import { workspace } from '../../support/manifests.ts';
import { expectAccount, terminated } from './account.ts';
import { terminateByHand } from './by-hand.ts';

const TYPE = 't3.small';
const CLASS = cloudClass({ ec2: { instanceTypes: { '2': [TYPE] } } });
const SUBJECT = workspace({ name: 'subject' });

let harness: Ec2Harness;

beforeAll(async () => {
  harness = await Ec2Harness.start({ connections: 1, logLevel: 'info' });
});

beforeEach(() => harness.reset());

afterAll(() => harness[Symbol.asyncDispose]());

/** Zone, token and outcome of each launch that was asked for. */
function launches() {
  return harness.fake.recorder.calls('RunInstances').map(({ time, parameters, outcome }) => ({
    seconds: time.getTime() / 1000,
    subnet: parameters['SubnetId'],
    token: parameters['ClientToken'],
    outcome,
  }));
}

describe('a zone without room', () => {
  it('is followed by the second zone at once, under another token', async () => {
    harness.fake.setCapacity(TYPE, 'us-east-1a', 0);

    await harness.apply(CLASS, SUBJECT);
    await harness.look();
    await harness.settle();

    const asked = launches();
    const [first = NaN, second = NaN] = asked.map(({ seconds }) => seconds);
    expect(asked.map(({ outcome }) => outcome)).toEqual([
      'InsufficientInstanceCapacity',
      'Success',
    ]);
    expect(new Set(asked.map(({ subnet }) => subnet)).size).toBe(2);
    expect(new Set(asked.map(({ token }) => token)).size).toBe(2);
    expect(second - first).toBeLessThan(2);
    expect((await harness.status('subject')).failures).toBeUndefined();
    await expectAccount(harness, { subject: 'running' });
  });

  it('is not followed by another one while an earlier call there may still take effect', async () => {
    harness.fake.faults.next('RunInstances', late());
    harness.fake.faults.next('RunInstances', refused('InsufficientInstanceCapacity'), 2);
    await harness.apply(CLASS, SUBJECT);
    await harness.advance(120);
    const meanwhile = launches();

    harness.fake.deliverLateCalls();
    await harness.settle();

    expect(new Set(meanwhile.map(({ token }) => token)).size).toBe(1);
    expect(meanwhile.map(({ outcome }) => outcome)).toContain('InsufficientInstanceCapacity');
    expect(harness.instances().map(({ zone }) => zone)).toEqual(['us-east-1a']);
    await expectAccount(harness, { subject: 'running' });
  });

  it('is followed by another one once that can take no effect any more', async () => {
    harness.fake.faults.next('RunInstances', late());
    harness.fake.setCapacity(TYPE, 'us-east-1a', 0);
    await harness.apply(CLASS, SUBJECT);
    await harness.settle();

    harness.fake.deliverLateCalls();
    await harness.settle();

    expect(harness.instances()).toHaveLength(1);
    await expectAccount(harness, { subject: 'running' });
  });

  it('waits with backoff when there is room nowhere, and goes on when there is', async () => {
    for (const zone of harness.fake.catalogue.zones) {
      harness.fake.setCapacity(TYPE, zone, 0);
    }
    await harness.apply(CLASS, SUBJECT);
    await harness.advance(1800);
    const calls = launches().length;
    const condition = await harness.condition('subject', 'Provisioned');

    harness.fake.setCapacity(TYPE, 'us-east-1b', undefined);
    await harness.settle();

    expect(condition).toMatchObject({ status: 'False', reason: 'InsufficientCapacity' });
    expect(calls).toBeLessThanOrEqual(40);
    await expectAccount(harness, { subject: 'running' });
  });
});

describe('a launch token that is taken', () => {
  it('by a call whose answer was lost and whose instance is hidden: it is the only one', async () => {
    harness.fake.configure({ idLagSeconds: 45 });
    harness.fake.faults.next('RunInstances', droppedAfter());
    harness.fake.faults.next('RunInstances', refused('IdempotentParameterMismatch'), 2);

    await harness.apply(CLASS, SUBJECT);
    await harness.settle();

    expect(launches().map(({ outcome }) => outcome)).toEqual([
      'Dropped',
      'IdempotentParameterMismatch',
    ]);
    await expectAccount(harness, { subject: 'running' });
  });

  it('with other parameters, by nothing that can be found: it stalls, and says why', async () => {
    harness.fake.faults.always('RunInstances', refused('IdempotentParameterMismatch'));

    await harness.apply(CLASS, SUBJECT);
    await harness.advance(1200);

    expect(harness.instances()).toEqual([]);
    expect(launches().length).toBeLessThanOrEqual(7);
    expect(await harness.condition('subject', 'Provisioned')).toMatchObject({
      status: 'False',
      reason: 'InvalidLaunchParameters',
    });
  });

  it('by an instance that somebody terminated meanwhile: the next attempt has another', async () => {
    harness.fake.faults.next('RunInstances', droppedAfter());
    harness.fake.faults.next('DescribeInstances', droppedBefore());
    await harness.apply(CLASS, SUBJECT);
    await harness.look();
    const [first] = harness.fake.instances();

    await terminateByHand(harness.fake, first?.id ?? '');
    await harness.settle();

    expect(terminated(harness.fake)).toEqual([first?.id]);
    expect(new Set(launches().map(({ token }) => token)).size).toBe(2);
    await expectAccount(harness, { subject: 'running' });
  });
});
