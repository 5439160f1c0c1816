import { describe, expect, it } from '@jest/globals';
import type { Ec2Parameters } from '../../../api/ec2-parameters.ts';
import { DEFAULT_USER_DATA } from '../../../backends/ec2/default-user-data.ts';
import { Avoidance } from '../../../backends/ec2/offerings.ts';
import { askedFor, freeze, parametersOf, toDetails } from '../../../backends/ec2/parameters.ts';
import { InsufficientCapacityError } from '../../../lib/errors.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { ec2Class } from './ec2-class.ts';

const resolution = {
  image: {
    id: 'ami-1',
    name: 'base',
    architecture: 'x86_64',
    rootDevice: '/dev/xvda',
    devices: ['/dev/xvda'],
  },
  subnets: [
    { id: 'subnet-a', zone: 'zone-a' },
    { id: 'subnet-b', zone: 'zone-b' },
  ],
  vcpus: { 't3.small': 2, 't3.xlarge': 4 },
};

function ask(ec2: Partial<Ec2Parameters> = {}, request: { runtime?: string; tier?: number } = {}) {
  return askedFor({
    ...{ workspaceUid: 'uid-1', namespace: 'team', name: 'demo', className: 'cloud' },
    ...{ classSpec: ec2Class(ec2), runtime: 'agent', tier: 2, ...request },
    platformUrl: 'https://controller',
  });
}

describe('parameters of a launch on EC2', () => {
  it('are what the class says, with the default user data', () => {
    expect(ask()).toEqual({
      instanceTypes: ['t3.small'],
      securityGroups: ['sg-1'],
      rootVolume: {},
      tags: {},
      metadataHopLimit: 1,
      userData: DEFAULT_USER_DATA,
      runtime: { command: ['/opt/agent'] },
      platformUrl: 'https://controller',
    });
  });

  it('are what the class says, all of it', () => {
    const given = {
      instanceProfile: 'agents',
      keyName: 'ops',
      rootVolume: { sizeGiB: 20 },
      tags: { cost: '42' },
      metadataHopLimit: 2,
      userData: '#!/bin/sh',
    };

    expect(ask(given)).toMatchObject(given);
  });

  it.each([
    [{ runtime: 'hermes' }, /no runtime "hermes"; it has: agent, failing/],
    [{ runtime: 'constructor' }, /no runtime "constructor"/],
    [{ tier: 1 }, /no instance types for tier 1; it has: 2, 3/],
  ])('are refused for %j, naming what there is', (request, message) => {
    const runtimes = { failing: { command: ['x'] }, agent: { command: ['x'] } };
    const instanceTypes = { '3': ['t3.xlarge'], '2': ['t3.small'] };

    expect(() => ask({ runtimes, instanceTypes }, request)).toThrow(message);
  });

  it('are refused for a class of another backend', () => {
    expect(() => parametersOf({ backend: 'process', process: { runtimes: {} } })).toThrow(
      /no block "ec2"/,
    );
  });

  it('freeze the first offering, its zone as the placement, and what it counts', () => {
    const asked = ask({ instanceTypes: { '2': ['t3.xlarge', 't3.small'] } });

    const parameters = freeze(asked, resolution, new Avoidance(new VirtualClock()));

    expect(parameters).toEqual({
      placement: 'zone-a',
      milliCpus: 4000,
      details: {
        ...asked,
        image: resolution.image,
        subnets: resolution.subnets,
        offering: { instanceType: 't3.xlarge', subnet: { id: 'subnet-a', zone: 'zone-a' } },
      },
    });
    expect(toDetails(parameters)).toEqual(parameters.details);
  });

  it('are no launch while nothing has room', () => {
    const choose = (): undefined => undefined;

    expect(() => freeze(ask(), resolution, { choose })).toThrow(InsufficientCapacityError);
  });

  it('are refused when they are those of another backend', () => {
    expect(() => toDetails({ placement: '', details: { command: ['node'] } })).toThrow(
      /not those of the ec2 backend/,
    );
  });
});
