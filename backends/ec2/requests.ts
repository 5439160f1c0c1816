import type * as ec2 from '@aws-sdk/client-ec2';
import type * as ssm from '@aws-sdk/client-ssm';

/** Every call that this backend makes, with what it takes and answers. The shipped IAM policy allows these and no other. */
export interface Requests {
  readonly DescribeImages: [ec2.DescribeImagesCommandInput, ec2.DescribeImagesCommandOutput];
  readonly DescribeInstances: [
    ec2.DescribeInstancesCommandInput,
    ec2.DescribeInstancesCommandOutput,
  ];
  readonly DescribeInstanceTypes: [
    ec2.DescribeInstanceTypesCommandInput,
    ec2.DescribeInstanceTypesCommandOutput,
  ];
  readonly DescribeSubnets: [ec2.DescribeSubnetsCommandInput, ec2.DescribeSubnetsCommandOutput];
  readonly DescribeVolumes: [ec2.DescribeVolumesCommandInput, ec2.DescribeVolumesCommandOutput];
  readonly GetConsoleOutput: [ec2.GetConsoleOutputCommandInput, ec2.GetConsoleOutputCommandOutput];
  readonly GetParameter: [ssm.GetParameterCommandInput, ssm.GetParameterCommandOutput];
  readonly RunInstances: [ec2.RunInstancesCommandInput, ec2.RunInstancesCommandOutput];
  readonly StartInstances: [ec2.StartInstancesCommandInput, ec2.StartInstancesCommandOutput];
  readonly StopInstances: [ec2.StopInstancesCommandInput, ec2.StopInstancesCommandOutput];
  readonly TerminateInstances: [
    ec2.TerminateInstancesCommandInput,
    ec2.TerminateInstancesCommandOutput,
  ];
  readonly ModifyInstanceAttribute: [
    ec2.ModifyInstanceAttributeCommandInput,
    ec2.ModifyInstanceAttributeCommandOutput,
  ];
  readonly DeleteVolume: [ec2.DeleteVolumeCommandInput, ec2.DeleteVolumeCommandOutput];
}

export type Operation = keyof Requests;

/** Changes nothing. */
export function isRead(operation: Operation): boolean {
  return /^(Describe|Get)/.test(operation);
}
export type InputOf<O extends Operation> = Requests[O][0];
export type OutputOf<O extends Operation> = Requests[O][1];

/** Signs and sends, at once. Fails with whatever the SDK throws. */
export interface Sender {
  send<O extends Operation>(operation: O, input: InputOf<O>): Promise<OutputOf<O>>;
}
