import type { Image } from '../model/catalogue.ts';
import { parseFilters, type Filterable } from '../wire/filters.ts';
import { cutPage } from '../wire/pages.ts';
import type { XmlObject } from '../wire/xml.ts';
import { PAGING, type Action } from './action.ts';
import { getImages, sortById } from './look-up.ts';

const IMAGE_FILTERS: Filterable<Image> = {
  'image-id': ({ id }) => [id],
  name: ({ name }) => [name],
  architecture: ({ architecture }) => [architecture],
  'owner-id': ({ ownerId }) => [ownerId],
  'owner-alias': ({ ownerAlias }) => (ownerAlias === undefined ? [] : [ownerAlias]),
  state: () => ['available'],
};

export const describeImages: Action = {
  parameters: ['ImageId', 'Owner', 'ExecutableBy', 'IncludeDeprecated', 'Filter', ...PAGING],
  perform: ({ world, query }) => {
    const owners = query
      .list('Owner')
      .map((owner) => (owner === 'self' ? world.catalogue.accountId : owner));
    const passes = parseFilters(query, IMAGE_FILTERS);
    const images = getImages(world, query.list('ImageId')).filter(
      (image) => passes(image) && isOwned(image, owners),
    );
    const { items, nextToken } = cutPage(query, sortById(images), 'ImageId');
    return { imagesSet: items.map(imageXml), nextToken };
  },
};

function isOwned({ ownerId, ownerAlias = '' }: Image, owners: readonly string[]): boolean {
  return owners.length === 0 || owners.includes(ownerId) || owners.includes(ownerAlias);
}

function imageXml(image: Image): XmlObject {
  return {
    imageId: image.id,
    imageLocation: `${image.ownerAlias ?? image.ownerId}/${image.name}`,
    imageState: 'available',
    imageOwnerId: image.ownerId,
    imageOwnerAlias: image.ownerAlias,
    isPublic: image.ownerAlias !== undefined,
    architecture: image.architecture,
    imageType: 'machine',
    name: image.name,
    creationDate: image.createdAt,
    rootDeviceType: 'ebs',
    rootDeviceName: image.rootDeviceName,
    blockDeviceMapping: [
      {
        deviceName: image.rootDeviceName,
        ebs: { volumeSize: image.rootSizeGiB, deleteOnTermination: true, volumeType: 'gp3' },
      },
    ],
    virtualizationType: 'hvm',
    hypervisor: 'xen',
  };
}
