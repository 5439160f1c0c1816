import type { Ec2Volume } from '../model/instance.ts';
import { getVolume, getVolumes, tagsIn, visibleVolumes } from '../model/view.ts';
import { deleteVolume as deleteFrom } from '../model/volumes.ts';
import { parseFilters, type Filterable } from '../wire/filters.ts';
import { parsePaging } from '../wire/pages.ts';
import type { XmlObject } from '../wire/xml.ts';
import { endDryRun, PAGING, type Action } from './action.ts';
import { tagSetXml } from './instance-xml.ts';

const FILTERS: Filterable<Ec2Volume> = {
  'volume-id': ({ id }) => [id],
  status: (volume) => [statusOf(volume)],
  'attachment.instance-id': ({ attachment }) => idsOf(attachment?.instanceId),
  'attachment.device': ({ attachment }) => idsOf(attachment?.deviceName),
  'availability-zone': ({ zone }) => [zone],
};

export const describeVolumes: Action = {
  parameters: ['VolumeId', 'Filter', ...PAGING],
  perform: ({ world, query, view }) => {
    const cut = parsePaging(query, 'VolumeId');
    const ids = query.list('VolumeId');
    const passes = parseFilters(query, FILTERS, (one: Ec2Volume) => tagsIn(view, one));
    const all = ids.length > 0 ? getVolumes(world, view, ids) : visibleVolumes(world, view);
    const { items, nextToken } = cut(all.filter(passes));
    const volumeSet = items.map((one) => volumeXml(one, tagSetXml(tagsIn(view, one))));
    return { volumeSet, nextToken };
  },
};

export const deleteVolume: Action = {
  parameters: ['VolumeId'],
  perform: ({ world, query, view }) => {
    const volume = getVolume(world, view, query.required('VolumeId'));
    endDryRun(query);
    deleteFrom(world, volume);
    return { return: true };
  },
};

function volumeXml(volume: Ec2Volume, tagSet: readonly XmlObject[]): XmlObject {
  const { id, zone, createdAt, sizeGiB, volumeType, attachment } = volume;
  return {
    volumeId: id,
    size: sizeGiB,
    snapshotId: '',
    availabilityZone: zone,
    status: statusOf(volume),
    createTime: new Date(createdAt),
    attachmentSet:
      attachment === undefined
        ? []
        : [
            {
              volumeId: id,
              instanceId: attachment.instanceId,
              device: attachment.deviceName,
              status: 'attached',
              attachTime: new Date(attachment.attachedAt),
              deleteOnTermination: attachment.deleteOnTermination,
            },
          ],
    tagSet,
    volumeType,
    encrypted: false,
  };
}

function statusOf({ attachment }: Ec2Volume): string {
  return attachment === undefined ? 'available' : 'in-use';
}

function idsOf(id: string | undefined): readonly string[] {
  return id === undefined ? [] : [id];
}
