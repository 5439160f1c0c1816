import type { InstanceTypeInfo, _InstanceType } from '@aws-sdk/client-ec2';
import type { Ec2Parameters } from '../../api/ec2-parameters.ts';
import { TerminalError } from '../../lib/errors.ts';
import type { Calls } from './calls.ts';
import { findImage, type ResolvedImage } from './images.ts';
import type { Subnet } from './offerings.ts';

/** What EC2 says that a class means: plain JSON, asked once for each generation of the class. */
export interface Ec2Resolution {
  readonly image: ResolvedImage;
  /** In the order of the class. */
  readonly subnets: readonly Subnet[];
  /** Of every instance type that the class names. */
  readonly vcpus: Readonly<Record<string, number>>;
}

/**
 * Asks EC2 what the class means. Throws `TerminalError` naming what does not exist, or the instance type that cannot run the
 * image.
 */
export async function resolveClass(
  parameters: Ec2Parameters,
  calls: Pick<Calls, 'send'>,
): Promise<Ec2Resolution> {
  const [image, subnets, types] = await Promise.all([
    findImage(parameters.image, calls),
    findSubnets(parameters.subnets, calls),
    findTypes([...new Set(Object.values(parameters.instanceTypes).flat())], calls),
  ]);
  refuseOtherArchitectures(types, image);
  const vcpus = types.map(({ name, info }) => [name, info.VCpuInfo?.DefaultVCpus ?? 0] as const);
  return { image, subnets, vcpus: Object.fromEntries(vcpus) };
}

async function findSubnets(
  ids: readonly string[],
  calls: Pick<Calls, 'send'>,
): Promise<readonly Subnet[]> {
  const { Subnets = [] } = await calls.send(
    'DescribeSubnets',
    { SubnetIds: [...ids] },
    'resolving the subnets',
  );
  return ids.map((id) => {
    const zone = Subnets.find(({ SubnetId }) => SubnetId === id)?.AvailabilityZone;
    return { id, zone: zone ?? refuse(`there is no subnet ${id}`) };
  });
}

interface NamedType {
  readonly name: string;
  readonly info: InstanceTypeInfo;
}

async function findTypes(
  names: readonly string[],
  calls: Pick<Calls, 'send'>,
): Promise<readonly NamedType[]> {
  const { InstanceTypes = [] } = await calls.send(
    'DescribeInstanceTypes',
    { InstanceTypes: [...names] as _InstanceType[] },
    'resolving the instance types',
  );
  return names.map((name) => {
    const info = InstanceTypes.find(({ InstanceType }) => InstanceType === name);
    return { name, info: info ?? refuse(`there is no instance type ${name}`) };
  });
}

function refuseOtherArchitectures(types: readonly NamedType[], image: ResolvedImage): void {
  for (const { name, info } of types) {
    const architectures: readonly string[] = info.ProcessorInfo?.SupportedArchitectures ?? [];
    if (architectures.length > 0 && !architectures.includes(image.architecture)) {
      refuse(`${name} runs ${architectures.join(', ')} and ${image.id} is ${image.architecture}`);
    }
  }
}

function refuse(message: string): never {
  throw new TerminalError(`resolving the class: ${message}`, {
    reason: 'InvalidLaunchParameters',
  });
}
