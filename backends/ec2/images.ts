import type { DescribeImagesCommandInput, Image } from '@aws-sdk/client-ec2';
import type { Ec2Parameters } from '../../api/ec2-parameters.ts';
import { TerminalError } from '../../lib/errors.ts';
import type { Calls } from './calls.ts';

/** What a launch has to know of an image. */
export interface ResolvedImage {
  readonly id: string;
  readonly name: string;
  readonly architecture: string;
  readonly rootDevice: string;
  /** Names of all its EBS volumes, the root volume among them. */
  readonly devices: readonly string[];
}

/**
 * Looks up the image that a class names: by id, by the SSM parameter that holds its id, or the newest one of a name. Throws
 * `TerminalError` ImageNotFound when there is none.
 */
export async function findImage(
  image: Ec2Parameters['image'],
  calls: Pick<Calls, 'send'>,
): Promise<ResolvedImage> {
  const { Images = [] } = await calls.send(
    'DescribeImages',
    await queryFor(image, calls),
    'resolving the image',
  );
  const newest = Images.toSorted(byCreation).at(-1);
  if (newest?.ImageId === undefined) {
    const { name = '', owner = 'self' } = image;
    throw notFound(`no image is called "${name}" and owned by ${owner}`);
  }
  return toResolved(newest, newest.ImageId);
}

async function queryFor(
  { id, ssmParameter, name = '', owner = 'self' }: Ec2Parameters['image'],
  calls: Pick<Calls, 'send'>,
): Promise<DescribeImagesCommandInput> {
  if (ssmParameter !== undefined) {
    return { ImageIds: [await readParameter(ssmParameter, calls)] };
  }
  if (id !== undefined) {
    return { ImageIds: [id] };
  }
  return {
    Owners: [owner],
    Filters: [
      { Name: 'name', Values: [name] },
      { Name: 'state', Values: ['available'] },
    ],
  };
}

async function readParameter(name: string, calls: Pick<Calls, 'send'>): Promise<string> {
  const { Parameter } = await calls.send('GetParameter', { Name: name }, `reading ${name}`);
  const id = Parameter?.Value ?? '';
  if (!/^ami-[0-9a-f]+$/.test(id)) {
    throw notFound(`the SSM parameter ${name} does not hold the id of an image`);
  }
  return id;
}

function toResolved(image: Image, id: string): ResolvedImage {
  const { Name = '', Architecture = '', RootDeviceName, BlockDeviceMappings = [] } = image;
  if (RootDeviceName === undefined) {
    throw notFound(`${id} has no root device`);
  }
  const volumes = BlockDeviceMappings.filter(({ Ebs }) => Ebs !== undefined);
  const devices = volumes.flatMap(({ DeviceName }) => DeviceName ?? []);
  return {
    id,
    name: Name,
    architecture: Architecture,
    rootDevice: RootDeviceName,
    devices: [...new Set([RootDeviceName, ...devices])],
  };
}

/** ISO 8601 in one zone, so the order of text is that of time; the id tells two of one moment apart. */
function byCreation(a: Image, b: Image): number {
  return keyOf(a) < keyOf(b) ? -1 : 1;
}

function keyOf({ CreationDate = '', ImageId = '' }: Image): string {
  return `${CreationDate} ${ImageId}`;
}

function notFound(message: string): TerminalError {
  return new TerminalError(`resolving the image: ${message}`, { reason: 'ImageNotFound' });
}
