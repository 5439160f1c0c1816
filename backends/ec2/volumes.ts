import type { Instance as Ec2Instance, Volume } from '@aws-sdk/client-ec2';
import { ConflictError, ignoreNotFound } from '../../lib/errors.ts';
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
      // Of a key, so that who has to wait for long keeps the place.
      { keys: [`retain ${InstanceId ?? ''}`] },
    );
  }
}

/** Deletes these volumes. Throws `ConflictError` while one of them is attached, before any is deleted. */
export async function deleteVolumes(volumes: readonly Volume[], calls: Send): Promise<void> {
  const left = volumes.filter(({ State }) => State !== 'deleting' && State !== 'deleted');
  const busy = left.find(({ State }) => State === 'in-use' || State === 'creating');
  if (busy !== undefined) {
    throw new ConflictError(`removing state: ${whereabouts(busy)}`);
  }
  for (const { VolumeId } of left) {
    await calls
      .send('DeleteVolume', { VolumeId }, 'removing state', { keys: [`delete ${VolumeId ?? ''}`] })
      .catch(ignoreNotFound);
  }
}

function whereabouts({ VolumeId, State, Attachments = [] }: Volume): string {
  const holder = Attachments.find(({ InstanceId }) => InstanceId !== undefined)?.InstanceId;
  const where = holder === undefined ? '' : ` by ${holder}`;
  return `volume ${VolumeId ?? ''} is still ${State ?? 'busy'}${where}`;
}

/** The volumes of these workspaces, all pages. */
export async function describeVolumes(
  { installationId, uids }: { readonly installationId: string; readonly uids: readonly string[] },
  calls: Send,
): Promise<readonly Volume[]> {
  const Filters = [byTag(TAG.installation, [installationId]), byTag(TAG.workspaceUid, uids)];
  const found: Volume[] = [];
  let NextToken: string | undefined;
  do {
    const page = { Filters, MaxResults: VOLUME_PAGE_SIZE, ...(NextToken && { NextToken }) };
    const answer = await calls.send('DescribeVolumes', page, 'removing state');
    found.push(...(answer.Volumes ?? []));
    NextToken = answer.NextToken;
  } while (NextToken);
  // A filter takes * and ?, which an id may hold: what is to be deleted has to carry these very tags.
  return found.filter(
    (volume) =>
      valueOf(volume, TAG.installation) === installationId && uids.includes(ownerOf(volume)),
  );
}

/** Uid of the workspace that a volume belongs to; '' without a tag. */
export function ownerOf(volume: Volume): string {
  return valueOf(volume, TAG.workspaceUid);
}

function valueOf({ Tags = [] }: Volume, key: string): string {
  return Tags.find(({ Key }) => Key === key)?.Value ?? '';
}
