import { describe, expect, it } from '@jest/globals';
import type { Backend } from '../../../backends/backend.ts';
import {
  ConflictError,
  InsufficientCapacityError,
  PreparationError,
  QuotaExceededError,
  TerminalError,
  ThrottledError,
  UnauthorizedError,
  UnknownOutcomeError,
} from '../../../lib/errors.ts';
import {
  droppedAfter,
  droppedBefore,
  failedAfter,
  late,
  refused,
  throttled,
} from '../../fakes/ec2/faults.ts';
import { bundle, intentFor, type IntentOptions } from '../intents.ts';
import { Ec2TestBed, launchableClass } from './ec2-test-bed.ts';

const ZONE_A = 'us-east-1a';

async function intent({ backend }: Ec2TestBed, options: IntentOptions = {}) {
  return await intentFor(backend, launchableClass(), options);
}

function launch({ backend }: Ec2TestBed, asked: Awaited<ReturnType<typeof intent>>) {
  return backend.launch(asked);
}

describe('a launch on EC2', () => {
  it.each([
    ['the answer is lost', droppedAfter()],
    ['the connection ends before anything happens', droppedBefore()],
    ['a fault is reported although it worked', failedAfter()],
    ['it takes effect later', late()],
  ])('is in doubt when %s, and one instance when it is repeated', async (_title, fault) => {
    await using bed = await Ec2TestBed.start();
    const asked = await intent(bed);
    bed.fake.faults.next('RunInstances', fault);

    await expect(launch(bed, asked)).rejects.toBeInstanceOf(UnknownOutcomeError);
    const { id } = await bed.open().launch(asked);
    bed.fake.deliverLateCalls();

    expect(bed.fake.instances().map((one) => one.id)).toEqual([id]);
  });

  it.each([
    ['a throttle', throttled(), ThrottledError],
    ['a missing permission', refused('UnauthorizedOperation'), UnauthorizedError],
    [
      'a capacity refusal sent as a fault of the server',
      capacityAsFault(),
      InsufficientCapacityError,
    ],
  ])('is sent once, although the SDK would try again after %s', async (_title, fault, expected) => {
    await using bed = await Ec2TestBed.start();
    const asked = await intent(bed);
    bed.fake.faults.next('RunInstances', fault);

    await expect(launch(bed, asked)).rejects.toBeInstanceOf(expected);

    expect(bed.fake.recorder.count('RunInstances')).toBe(1);
    expect(bed.fake.instances()).toEqual([]);
  });

  it('asks for another zone after one had no room, until none is left', async () => {
    await using bed = await Ec2TestBed.start({ capacity: noRoomIn('a', 'b', 'c') });
    const zones: string[] = [];
    const alternatives: unknown[] = [];

    for (const attempt of [1, 2, 3]) {
      const asked = await intent(bed, { attempt });
      zones.push(asked.parameters.placement);
      await launch(bed, asked).catch((error: unknown) => {
        alternatives.push((error as InsufficientCapacityError).hasAlternative);
      });
    }

    expect(zones).toEqual(['us-east-1a', 'us-east-1b', 'us-east-1c']);
    expect(alternatives).toEqual([true, true, false]);
    await expect(intent(bed)).rejects.toBeInstanceOf(InsufficientCapacityError);
  });

  it('comes back to a zone minutes after it had no room', async () => {
    await using bed = await Ec2TestBed.start({ capacity: noRoomIn('a') });
    await launch(bed, await intent(bed)).catch(() => undefined);

    const before = await intent(bed);
    bed.skip(180);

    expect(before.parameters.placement).toBe('us-east-1b');
    expect((await intent(bed)).parameters.placement).toBe(ZONE_A);
  });

  it('is refused for the whole class when the account is at its limit', async () => {
    await using bed = await Ec2TestBed.start({ vcpuQuota: 1 });
    const asked = await intent(bed);

    const refusal = launch(bed, asked);

    await expect(refusal).rejects.toBeInstanceOf(QuotaExceededError);
    await expect(refusal).rejects.toMatchObject({ reason: 'VcpuLimitExceeded' });
  });

  it('finds the instance of its token when it would send something else for it now', async () => {
    await using bed = await Ec2TestBed.start();
    const asked = await intent(bed);
    const { id } = await launch(bed, asked);
    const changed = bed.open({ bootstrapTokenOf: () => 'another' });

    expect(await changed.launch(asked)).toMatchObject({ id });
    expect(bed.fake.instances()).toHaveLength(1);
  });

  it('is refused, and says so, when the token is taken by what cannot be found', async () => {
    await using bed = await Ec2TestBed.start({ idLagSeconds: 100_000 });
    const asked = await intent(bed);
    await launch(bed, asked);
    const changed = bed.open({ bootstrapTokenOf: () => 'another' });

    const refusal = changed.launch(asked);

    await expect(refusal).rejects.toBeInstanceOf(TerminalError);
    await expect(refusal).rejects.toThrow(/IdempotentParameterMismatch/);
  });

  it('stays in doubt when it cannot be found out who has taken the token', async () => {
    await using bed = await Ec2TestBed.start();
    const asked = await intent(bed);
    await launch(bed, asked);
    const changed = bed.open({ bootstrapTokenOf: () => 'another' });
    bed.fake.faults.always('DescribeInstances', refused('UnauthorizedOperation'));

    await expect(changed.launch(asked)).rejects.toBeInstanceOf(UnknownOutcomeError);
  });

  it('is over for good when its instance was terminated and is not shown any more', async () => {
    await using bed = await Ec2TestBed.start({ terminatedVisibleSeconds: 60 });
    const asked = await intent(bed);
    const { id } = await launch(bed, asked);
    await bed.backend.terminate(id);
    bed.fake.advance(61);

    await expect(launch(bed, asked)).rejects.toBeInstanceOf(PreparationError);
    expect(bed.fake.instances().filter(({ state }) => state !== 'terminated')).toEqual([]);
  });

  it('is none of ours when its intent is of another installation', async () => {
    await using bed = await Ec2TestBed.start();
    const asked = await intent(bed, { installationId: 'another' });

    await expect(launch(bed, asked)).rejects.toBeInstanceOf(ConflictError);
  });

  it('tells nobody a secret but a token that ends with its first use', async () => {
    await using bed = await Ec2TestBed.start();
    const asked = await intent(bed);
    const secrets = bundle({ env: { KEY: 'secret-1' }, files: { '.auth_token': 'secret-2' } });
    const backend: Backend = bed.backend;

    await backend.launch(asked, secrets);

    const [seen] = bed.fake.instances();
    expect(seen?.userData).not.toMatch(/secret-/);
    expect(JSON.stringify(seen?.tags)).not.toMatch(/secret-/);
  });
});

function capacityAsFault() {
  return { ...refused('InsufficientInstanceCapacity'), status: 503 };
}

function noRoomIn(...zones: readonly string[]): Record<string, number> {
  return Object.fromEntries(zones.map((zone) => [`t3.small/us-east-1${zone}`, 0]));
}
