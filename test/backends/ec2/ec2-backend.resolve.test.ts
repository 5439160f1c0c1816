import { describe, expect, it } from '@jest/globals';
import type { Ec2Parameters } from '../../../api/ec2-parameters.ts';
import { TerminalError } from '../../../lib/errors.ts';
import { DEFAULT_CATALOGUE } from '../../fakes/ec2/model/catalogue.ts';
import { intentFor } from '../intents.ts';
import { ec2Class } from './ec2-class.ts';
import { Ec2TestBed, launchableClass } from './ec2-test-bed.ts';

const [X86, ARM] = DEFAULT_CATALOGUE.images.map(({ id }) => id);

describe('what a class means on EC2', () => {
  it('is its image, the zones of its subnets and the size of its types, as plain JSON', async () => {
    await using bed = await Ec2TestBed.start();
    const instanceTypes = { '2': ['t3.small'], '4': ['m5.xlarge', 't3.small'] };

    const resolution = await bed.backend.resolveClass(launchableClass({ instanceTypes }));

    expect(JSON.parse(JSON.stringify(resolution))).toEqual({
      image: {
        id: X86,
        name: 'al2023-ami-2023.6.20250101.0-kernel-6.1-x86_64',
        architecture: 'x86_64',
        rootDevice: '/dev/xvda',
        devices: ['/dev/xvda'],
      },
      subnets: DEFAULT_CATALOGUE.subnets.map(({ id, zone }) => ({ id, zone })),
      vcpus: { 't3.small': 2, 'm5.xlarge': 4 },
    });
  });

  it.each([
    ['an id', { id: 'ami-0a11ce00000000001' }, X86],
    [
      'an SSM parameter',
      {
        ssmParameter: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64',
      },
      X86,
    ],
    ['a name and its owner', { name: 'al2023-*-x86_64', owner: 'amazon' }, X86],
  ])('finds the image of %s', async (_title, image, expected) => {
    await using bed = await Ec2TestBed.start();

    const resolution = await bed.backend.resolveClass(launchableClass({ image }));

    expect(resolution.image.id).toBe(expected);
  });

  it('takes the newest of several images of one name', async () => {
    const dates = ['2025-01-01', '2026-01-01', '2024-01-01'];
    const images = DEFAULT_CATALOGUE.images.slice(0, 1).flatMap((image) =>
      dates.map((date, index) => ({
        ...image,
        id: `ami-0000000000000000${index}`,
        createdAt: `${date}T00:00:00.000Z`,
      })),
    );
    await using bed = await Ec2TestBed.start({ catalogue: { images } });
    const named = launchableClass({ image: { name: 'al2023-*', owner: 'amazon' } });

    expect((await bed.backend.resolveClass(named)).image.id).toBe('ami-00000000000000001');
  });

  it.each<[string, Partial<Ec2Parameters>, string, RegExp]>([
    ['image', { image: { id: 'ami-0bad' } }, 'ImageNotFound', /ami-0bad/],
    ['image', { image: { name: 'none' } }, 'ImageNotFound', /"none" and owned by self/],
    ['parameter', { image: { ssmParameter: '/none' } }, 'ImageNotFound', /reading \/none/],
    ['subnet', { subnets: ['subnet-0bad'] }, 'InvalidLaunchParameters', /subnet-0bad/],
    ['type', { instanceTypes: { '2': ['x9.huge'] } }, 'InvalidLaunchParameters', /x9\.huge/],
    [
      'type for the image',
      { image: { id: ARM ?? '' } },
      'InvalidLaunchParameters',
      /t3\.small runs x86_64 and ami-\w+ is arm64/,
    ],
    ['class of its region', { region: 'eu-central-1' }, 'InvalidSpec', /region eu-central-1/],
  ])('is refused when there is no such %s, naming it', async (_title, ec2, reason, message) => {
    await using bed = await Ec2TestBed.start();

    const refusal = bed.backend.resolveClass(launchableClass(ec2));

    await expect(refusal).rejects.toBeInstanceOf(TerminalError);
    await expect(refusal).rejects.toMatchObject({ reason });
    await expect(refusal).rejects.toThrow(message);
  });

  it('is refused for a parameter that holds something else than an image', async () => {
    const ssmParameters = { '/other': 'hello' };
    await using bed = await Ec2TestBed.start({ catalogue: { ssmParameters } });
    const named = launchableClass({ image: { ssmParameter: '/other' } });

    await expect(bed.backend.resolveClass(named)).rejects.toThrow(/\/other does not hold the id/);
  });
});

describe('resolving a launch on EC2', () => {
  it('asks nobody when it is known what the class means', async () => {
    await using bed = await Ec2TestBed.start();
    const classSpec = launchableClass();
    const resolution = await bed.backend.resolveClass(classSpec);
    bed.fake.recorder.clear();

    await bed.backend.resolve({
      ...{ workspaceUid: 'uid-1', namespace: 'team', name: 'demo', className: 'cloud', classSpec },
      ...{ runtime: 'agent', tier: 2, platformUrl: 'https://controller', resolution },
    });

    expect(bed.fake.recorder.count()).toBe(0);
  });

  it('refuses user data that EC2 would not take, before it asks anybody', async () => {
    await using bed = await Ec2TestBed.start();
    const classSpec = ec2Class({ userData: 'x'.repeat(16_384) + '{{uid}}' });

    await expect(intentFor(bed.backend, classSpec)).rejects.toThrow(/bytes, and EC2 takes 16384/);

    expect(bed.fake.recorder.count()).toBe(0);
  });
});
