import type { Action } from './action.ts';
import { startInstances, stopInstances, terminateInstances } from './change-instances.ts';
import { describeInstances, describeInstanceStatus } from './describe-instances.ts';
import { describeImages } from './images.ts';
import { describeInstanceTypeOfferings, describeInstanceTypes } from './instance-types.ts';
import { describeAvailabilityZones, describeSecurityGroups, describeSubnets } from './network.ts';
import { getConsoleOutput, modifyInstanceAttribute } from './instance-attributes.ts';
import { runInstances } from './run-instances.ts';
import { createTags, deleteTags, describeTags } from './tags.ts';
import { deleteVolume, describeVolumes } from './volumes.ts';

/** Every action of EC2 that the fake knows. */
export const ACTIONS: Readonly<Partial<Record<string, Action>>> = {
  RunInstances: runInstances,
  StartInstances: startInstances,
  StopInstances: stopInstances,
  TerminateInstances: terminateInstances,
  DescribeInstances: describeInstances,
  DescribeInstanceStatus: describeInstanceStatus,
  ModifyInstanceAttribute: modifyInstanceAttribute,
  GetConsoleOutput: getConsoleOutput,
  CreateTags: createTags,
  DeleteTags: deleteTags,
  DescribeTags: describeTags,
  DescribeVolumes: describeVolumes,
  DeleteVolume: deleteVolume,
  DescribeImages: describeImages,
  DescribeSubnets: describeSubnets,
  DescribeSecurityGroups: describeSecurityGroups,
  DescribeInstanceTypes: describeInstanceTypes,
  DescribeInstanceTypeOfferings: describeInstanceTypeOfferings,
  DescribeAvailabilityZones: describeAvailabilityZones,
};
