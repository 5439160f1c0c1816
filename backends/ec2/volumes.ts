import type { Instance as Ec2Instance, Volume } from '@aws-sdk/client-ec2';
import { ConflictError, TerminalError, ignoreNotFound } from '../../lib/errors.ts';
import type { Calls } from './calls.ts';
import { VOLUME_PAGE_SIZE } from './limits.ts';
import { byTag } from './listing.ts';
import { TAG } from './tags.ts';

type Send = Pick<Calls, 'send'>;

/** Makes the volumes of an instance outlive it; they keep our tags. */
export async function keepVolumes(
  { InstanceId, BlockDeviceMappings = [] }: Ec2Instance,
  calls: Send,
): Promise<void> {
  const going = BlockDeviceMappings.filter(({ Ebs }) => Ebs?.DeleteOnTermination === true);
  if (going.length > 0) {
    const mappings = going.map(({ DeviceName }) => ({
      DeviceName,
      Ebs: { DeleteOnTermination: false },
    }));
    await calls.send(
      'ModifyInstanceAttribute',
      { InstanceId, BlockDeviceMappings: mappings },
      'retaining state',
    );
  }
}

export interface VolumeOwner {
  readonly installationId: string;
  readonly workspaceUid: string;
}

/** Deletes the volumes of a workspace. Throws `ConflictError` while one of them is attached, before any is deleted. */
export async function deleteVolumes(owner: VolumeOwner, calls: Send): Promise<void> {
  if (owner.workspaceUid === '') {
    throw new TerminalError('removing state: it names no workspace', { reason: 'InvalidSpec' });
  }
  const volumes = await describeVolumes(owner, calls);
  const left = volumes.filter(({ State }) => State !== 'deleting' && State !== 'deleted');
  if (left.some(({ State }) => State === 'in-use' || State === 'creating')) {
    throw new ConflictError('removing state: a volume is still attached to an instance');
  }
  for (const { VolumeId } of left) {
    await calls.send('DeleteVolume', { VolumeId }, 'removing state').catch(ignoreNotFound);
  }
}

async function describeVolumes(
  { installationId, workspaceUid }: VolumeOwner,
  calls: Send,
): Promise<readonly Volume[]> {
  const Filters = [
    byTag(TAG.installation, [installationId]),
    byTag(TAG.workspaceUid, [workspaceUid]),
  ];
  const found: Volume[] = [];
  let NextToken: string | undefined;
  do {
    const page = { Filters, MaxResults: VOLUME_PAGE_SIZE, ...(NextToken && { NextToken }) };
    const answer = await calls.send('DescribeVolumes', page, 'removing state');
    found.push(...(answer.Volumes ?? []));
    NextToken = answer.NextToken;
  } while (NextToken);
  // A filter takes * and ?, which an id may hold: what is to be deleted has to carry these very tags.
  return found.filter((volume) => isOwnedBy(volume, { installationId, workspaceUid }));
}

function isOwnedBy({ Tags = [] }: Volume, { installationId, workspaceUid }: VolumeOwner): boolean {
  const valueOf = (key: string): string | undefined => Tags.find(({ Key }) => Key === key)?.Value;
  return valueOf(TAG.installation) === installationId && valueOf(TAG.workspaceUid) === workspaceUid;
}
