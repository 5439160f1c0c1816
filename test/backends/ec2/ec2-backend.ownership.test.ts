import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { toTags } from '../../../backends/ec2/tags.ts';
import type { Instance } from '../../../backends/backend.ts';
import { planGarbage } from '../../../controllers/garbage-collection/plan.ts';
import { ec2Client, idsOf, runOne } from '../../fakes/ec2/client.ts';
import { INSTALLATION_ID, intentFor } from '../intents.ts';
import { Ec2TestBed, launchableClass } from './ec2-test-bed.ts';

async function launch({ backend }: Ec2TestBed, options: { workspaceUid?: string } = {}) {
  const asked = await intentFor(backend, launchableClass(), options);
  const instance = await backend.launch(asked);
  return { asked, id: instance.id };
}

/** Somebody else's launch, with these tags. */
async function launchByHand({ fake }: Ec2TestBed, tags: Readonly<Record<string, string>>) {
  const client = ec2Client(fake.url, { accessKey: 'somebody' });
  const [id = ''] = idsOf(await client.send(runOne()));
  fake.setTags(id, tags);
  client.destroy();
  return id;
}

function verdicts(instances: readonly Instance[], uid: string) {
  const input = { backend: 'ec2/us-east-1', recordUids: new Set([uid]), launches: [] };
  return planGarbage({ ...input, instances, approvedIds: new Set() }).map(
    ({ instance, verdict }) => [instance.id, verdict],
  );
}

describe('whose an instance on EC2 is', () => {
  it('is said by its tags, so that an empty database finds it again', async () => {
    await using bed = await Ec2TestBed.start();
    const { asked, id } = await launch(bed);

    expect(await bed.open().list()).toMatchObject([{ id, marks: asked.marks, state: 'running' }]);
  });

  it("is nobody's when somebody tagged it to look like one of ours: it is reported, and no more", async () => {
    await using bed = await Ec2TestBed.start();
    const { asked, id } = await launch(bed);
    const { marks } = asked;
    const tags = toTags({ ...marks, attempt: 99, token: 'f'.repeat(64) }, {});
    const copied = Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));

    const byHand = await launchByHand(bed, copied);

    const listed = await bed.backend.list();
    const ofWorkspace = listed.filter((one) => one.marks.workspaceUid === marks.workspaceUid);
    expect(ofWorkspace.map((one) => one.id)).toEqual([id]);
    expect(verdicts(listed, marks.workspaceUid)).toEqual([[byHand, 'unclaimed']]);
    expect(await bed.backend.findByToken('f'.repeat(64))).toBeUndefined();
  });

  it('is not the business of an installation whose id looks like a pattern', async () => {
    await using bed = await Ec2TestBed.start();
    await launch(bed);

    expect(await bed.open({ installationId: '*' }).list()).toEqual([]);
  });

  it('is known by id and token, and nothing follows, once its tags are gone', async () => {
    await using bed = await Ec2TestBed.start();
    const { asked, id } = await launch(bed);

    bed.fake.setTags(id, {});

    expect(await bed.backend.list()).toEqual([]);
    expect(await bed.backend.find(id)).toMatchObject({ id, state: 'unknown' });
    expect(await bed.backend.findByToken(asked.token)).toMatchObject({ id, state: 'unknown' });
  });

  it('does not matter any more once it is terminated', async () => {
    await using bed = await Ec2TestBed.start();
    const { id } = await launch(bed);
    await bed.backend.terminate(id);

    bed.fake.setTags(id, {});

    expect(await bed.backend.find(id)).toMatchObject({ id, state: 'terminated' });
  });

  it('is shown for the workspaces that are asked for, however many they are', async () => {
    await using bed = await Ec2TestBed.start();
    const workspaceUid = randomUUID();
    const { id } = await launch(bed, { workspaceUid });
    await launch(bed);

    const others = Array.from({ length: 250 }, () => randomUUID());
    const seen = await bed.backend.listWorkspaces([...others, workspaceUid]);

    expect(seen.map((one) => one.id)).toEqual([id]);
    expect(await bed.backend.listWorkspaces([])).toEqual([]);
  });

  it('is told of more instances than a page holds, each once', async () => {
    await using bed = await Ec2TestBed.start();
    const client = ec2Client(bed.fake.url);
    const Tags = [{ Key: 'treeline.dev/installation', Value: INSTALLATION_ID }];
    const many = { MinCount: 1100, MaxCount: 1100 };
    await client.send(
      new RunInstancesCommand({
        ...runOne(many).input,
        TagSpecifications: [{ ResourceType: 'instance', Tags }],
      }),
    );
    client.destroy();

    const listed = await bed.backend.list();

    expect(new Set(listed.map(({ id }) => id)).size).toBe(1100);
    expect(listed).toHaveLength(1100);
  });

  it('cannot be told from a list of which a page is missing', async () => {
    await using bed = await Ec2TestBed.start();
    await launch(bed);
    bed.fake.faults.always('DescribeInstances', {
      kind: 'refused',
      code: 'InternalError',
      status: 500,
    });

    await expect(bed.backend.list()).rejects.toThrow(/InternalError/);
  });
});
