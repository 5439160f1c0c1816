import { describe, expect, it } from '@jest/globals';
import type { Ec2Details } from '../../../backends/ec2/parameters.ts';
import { toRunInstances } from '../../../backends/ec2/run-instances.ts';

const token = 'a'.repeat(64);
const marks = {
  installationId: 'inst-1',
  workspaceUid: 'uid-1',
  namespace: 'team',
  name: 'demo',
  attempt: 1,
  token,
  className: 'cloud',
};

function input(overrides: Partial<Ec2Details> = {}) {
  const subnet = { id: 'subnet-a', zone: 'zone-a' };
  const details: Ec2Details = {
    offering: { instanceType: 't3.small', subnet },
    instanceTypes: ['t3.small'],
    subnets: [subnet],
    image: {
      ...{ id: 'ami-1', name: 'base', architecture: 'x86_64', rootDevice: '/dev/xvda' },
      devices: ['/dev/xvda', '/dev/sdb'],
    },
    securityGroups: ['sg-1', 'sg-2'],
    rootVolume: {},
    tags: {},
    metadataHopLimit: 1,
    userData: '',
    runtime: { command: ['/opt/agent'] },
    platformUrl: 'https://controller',
    ...overrides,
  };
  return toRunInstances({ marks, token }, details, '#!/bin/sh\n');
}

describe('the call that launches', () => {
  it('asks for one instance, under its token', () => {
    expect(input()).toMatchObject({
      ...{ MinCount: 1, MaxCount: 1, ClientToken: token, ImageId: 'ami-1' },
      ...{ InstanceType: 't3.small', SubnetId: 'subnet-a', SecurityGroupIds: ['sg-1', 'sg-2'] },
      UserData: Buffer.from('#!/bin/sh\n').toString('base64'),
    });
  });

  it('tags instance and volumes alike', () => {
    const [instance, volume, ...others] = input({ tags: { cost: '42' } }).TagSpecifications ?? [];

    expect([instance?.ResourceType, volume?.ResourceType]).toEqual(['instance', 'volume']);
    expect(instance?.Tags).toContainEqual({ Key: 'cost', Value: '42' });
    expect(volume?.Tags).toEqual(instance?.Tags);
    expect(others).toEqual([]);
  });

  it.each([1, 2])('requires tokens of whoever reads metadata, within %d hops', (hops) => {
    expect(input({ metadataHopLimit: hops }).MetadataOptions).toEqual({
      HttpTokens: 'required',
      HttpEndpoint: 'enabled',
      HttpPutResponseHopLimit: hops,
    });
  });

  it('keeps a machine that powers itself off', () => {
    expect(input().InstanceInitiatedShutdownBehavior).toBe('stop');
  });

  it('lets every volume go with its instance, and encrypts the root volume', () => {
    expect(input().BlockDeviceMappings).toEqual([
      {
        DeviceName: '/dev/xvda',
        Ebs: { DeleteOnTermination: true, VolumeType: 'gp3', Encrypted: true },
      },
      { DeviceName: '/dev/sdb', Ebs: { DeleteOnTermination: true } },
    ]);
  });

  it('shapes the root volume as the class says', () => {
    const rootVolume = {
      ...{ sizeGiB: 20, type: 'io2' as const, iops: 4000, throughputMiBps: 200 },
      encrypted: false,
    };

    expect(input({ rootVolume }).BlockDeviceMappings?.[0]?.Ebs).toEqual({
      DeleteOnTermination: true,
      VolumeSize: 20,
      VolumeType: 'io2',
      Iops: 4000,
      Throughput: 200,
      Encrypted: false,
    });
  });

  it('names profile and key of the class, or neither', () => {
    const both = input({ instanceProfile: 'agents', keyName: 'ops' });

    expect(both).toMatchObject({ IamInstanceProfile: { Name: 'agents' }, KeyName: 'ops' });
    expect(input()).not.toHaveProperty('IamInstanceProfile');
    expect(input()).not.toHaveProperty('KeyName');
  });
});
