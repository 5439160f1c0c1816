import { ModifyInstanceAttributeCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ConflictError, NotFoundError, TerminalError } from '../../../lib/errors.ts';
import { ec2Client, idsOf, runOne } from '../../fakes/ec2/client.ts';
import { refused } from '../../fakes/ec2/faults.ts';
import { intentFor } from '../intents.ts';
import { Ec2TestBed, launchableClass } from './ec2-test-bed.ts';

/** In one call of somebody else's, because ours go at the pace of EC2. */
async function launchMany({ fake }: Ec2TestBed, count: number): Promise<readonly string[]> {
  const client = ec2Client(fake.url);
  const ids = idsOf(await client.send(runOne({ MinCount: count, MaxCount: count })));
  client.destroy();
  return ids;
}

async function launch({ backend }: Ec2TestBed) {
  const asked = await intentFor(backend, launchableClass());
  return await backend.launch(asked);
}

async function protect({ fake }: Ec2TestBed, id: string): Promise<void> {
  const client = ec2Client(fake.url, { accessKey: 'somebody' });
  const DisableApiTermination = { Value: true };
  await client.send(new ModifyInstanceAttributeCommand({ InstanceId: id, DisableApiTermination }));
  client.destroy();
}

function live({ fake }: Ec2TestBed): readonly string[] {
  return fake.instances().flatMap(({ id, state }) => (state === 'terminated' ? [] : [id]));
}

describe('the end of instances on EC2', () => {
  it('comes for many in one call, and one bad id holds up no other', async () => {
    await using bed = await Ec2TestBed.start();
    const ids = await launchMany(bed, 20);

    await Promise.all([...ids, 'i-00000000000000bad'].map((id) => bed.backend.terminate(id)));

    expect(live(bed)).toEqual([]);
    expect(bed.fake.recorder.count('TerminateInstances')).toBe(2);
  });

  it('does not come for one that is protected, and says so of it alone', async () => {
    await using bed = await Ec2TestBed.start();
    const ids = await launchMany(bed, 5);
    const [held = ''] = ids;
    await protect(bed, held);

    const ended = await Promise.allSettled(ids.map((id) => bed.backend.terminate(id)));

    expect(live(bed)).toEqual([held]);
    expect(ended.filter(({ status }) => status === 'rejected')).toMatchObject([
      { reason: { reason: 'TerminationProtected' } },
    ]);
  });

  it('is asked for only while this process leads', async () => {
    await using bed = await Ec2TestBed.start();
    const { id } = await launch(bed);

    const ending = bed.open({ mayCall: () => false }).terminate(id);

    await expect(ending).rejects.toBeInstanceOf(ConflictError);
    expect(live(bed)).toEqual([id]);
  });

  it('of garbage waits behind that of others', async () => {
    await using bed = await Ec2TestBed.start();
    const { id } = await launch(bed);

    await bed.backend.terminate(id, 'background');

    const used = bed.backend
      .lanes()
      .find(({ bucket }) => bucket === 'TerminateInstances:background');
    expect(live(bed)).toEqual([]);
    expect(used?.tokens).toBeLessThan(used?.burst ?? 0);
  });

  it('takes the volumes along', async () => {
    await using bed = await Ec2TestBed.start();
    const { id } = await launch(bed);

    await bed.backend.terminate(id);

    expect(bed.fake.volumes()).toEqual([]);
  });

  it('leaves the volumes there when their state is retained, until that is removed', async () => {
    await using bed = await Ec2TestBed.start();
    const { id, marks } = await launch(bed);

    await bed.backend.retainState(id);
    await bed.backend.terminate(id);
    const retained = bed.fake.volumes();
    await bed.backend.removeState(randomUUID());
    const still = bed.fake.volumes();
    await bed.backend.removeState(marks.workspaceUid);

    expect(retained).toHaveLength(1);
    expect(still).toEqual(retained);
    expect(bed.fake.volumes()).toEqual([]);
  });

  it('removes no volume of another installation', async () => {
    await using bed = await Ec2TestBed.start();
    const { id, marks } = await launch(bed);
    await bed.backend.retainState(id);
    await bed.backend.terminate(id);

    await bed.open({ installationId: 'another' }).removeState(marks.workspaceUid);

    expect(bed.fake.volumes()).toHaveLength(1);
  });

  it('removes nothing without a workspace', async () => {
    await using bed = await Ec2TestBed.start();

    await expect(bed.backend.removeState('')).rejects.toBeInstanceOf(TerminalError);
  });

  it('has no state to retain of an instance that is gone', async () => {
    await using bed = await Ec2TestBed.start();

    await expect(bed.backend.retainState('i-00000000000000bad')).rejects.toBeInstanceOf(
      NotFoundError,
    );
  });

  it('is not the time to stop an instance that is still starting', async () => {
    await using bed = await Ec2TestBed.start({ pendingSeconds: 60 });
    const { id } = await launch(bed);

    await expect(bed.backend.stop(id)).rejects.toBeInstanceOf(ConflictError);
  });

  it('is not the time to start an instance that is still stopping', async () => {
    await using bed = await Ec2TestBed.start({ stoppingSeconds: 60 });
    const { id } = await launch(bed);
    await bed.backend.stop(id);

    await expect(bed.backend.start(id)).rejects.toBeInstanceOf(ConflictError);
  });
});

describe('the console of an instance on EC2', () => {
  it('is that of the last boot where there is no later one', async () => {
    await using bed = await Ec2TestBed.start();
    const { id } = await launch(bed);
    bed.fake.writeConsole(id, 'one\r\ntwo\r\n');
    bed.fake.faults.next('GetConsoleOutput', refused('UnsupportedOperation'));

    expect(await bed.backend.readLog(id, 1)).toBe('two\n');
  });

  it('holds 64 KiB at most', async () => {
    await using bed = await Ec2TestBed.start();
    const { id } = await launch(bed);
    bed.fake.writeConsole(id, 'x'.repeat(100_000));

    expect(await bed.backend.readLog(id, 1)).toHaveLength(65_536);
  });
});
