import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cloudClass } from '../../support/cloud-class.ts';
import { Ec2Harness } from '../../support/ec2-harness.ts';
import { workspace } from '../../support/manifests.ts';
import { eventsOf } from './account.ts';
import { keepVolume, plantForeign } from './by-hand.ts';
import { TROUBLES } from './troubles.ts';

const CLASS = cloudClass();
/** Longer than an instance takes to go. */
const ENDING_SECONDS = 60;
const REFUSAL = 'UnauthorizedOperation';

/** Calls that concern the volumes of one that is deleted; where its volume is not to be left, somebody made it outlive it. */
const CALLS = [
  { action: 'ModifyInstanceAttribute', deletionPolicy: 'Retain', left: 1, byHand: leaveAsItIs },
  { action: 'DescribeVolumes', deletionPolicy: 'Delete', left: 0, byHand: keepVolume },
  { action: 'DeleteVolume', deletionPolicy: 'Delete', left: 0, byHand: keepVolume },
] as const;
const VISIBLE = TROUBLES.filter(({ name }) => name !== 'makes what nobody sees for a minute');
const CASES = CALLS.flatMap((call) =>
  VISIBLE.map((trouble) => ({ ...call, trouble, name: `${call.action} ${trouble.name}` })),
);

let harness: Ec2Harness;

beforeAll(async () => {
  harness = await Ec2Harness.start({ connections: 1, logLevel: 'info' });
});

afterAll(() => harness[Symbol.asyncDispose]());

async function leaveAsItIs(): Promise<void> {
  // Nobody does anything.
}

describe('no instance, and the volume as the deletion policy says, when a call', () => {
  it.each(CASES)('$name', async ({ action, deletionPolicy, left, byHand, trouble }) => {
    await harness.reset();
    const foreign = await plantForeign(harness.fake);
    await harness.apply(CLASS, workspace({ name: 'subject', deletionPolicy }));
    await harness.settle();
    const [subject] = harness.instances();
    await byHand(harness.fake, subject?.id ?? '');

    trouble.begin(harness, { action, refusal: REFUSAL });
    await harness.apply(CLASS);
    await harness.advance(ENDING_SECONDS);
    await trouble.end?.(harness);
    const isAtRest = await harness.settle();

    const { fake } = harness;
    expect(isAtRest).toBe(true);
    expect(fake.recorder.count(action)).toBeGreaterThan(0);
    expect(fake.faults.pending()).toEqual([]);
    expect(harness.instances()).toEqual([]);
    const volumes = fake.volumes().filter(({ instanceId }) => instanceId !== foreign);
    expect(volumes.map(({ instanceId }) => instanceId)).toEqual(new Array(left).fill(undefined));
    expect(eventsOf(fake, foreign)).toEqual(['launched']);
    expect(await harness.db.selectFrom('workspaces').select('name').execute()).toEqual([]);
  });
});
