import { Ec2Error } from '../wire/ec2-error.ts';
import type { Ec2Instance, Ec2Volume, Tags } from './instance.ts';
import { getInstances, getVolumes, type View } from './view.ts';
import type { World } from './world.ts';

/** EC2 user guide, "Tag restrictions". */
const MOST_TAGS = 50;
const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;

type Taggable = Ec2Instance | Ec2Volume;

/** Throws `InvalidParameterValue` or `TagLimitExceeded` for tags that a resource cannot have. */
export function checkTags(tags: Tags): void {
  for (const [key, value] of Object.entries(tags)) {
    if (key === '' || key.length > LONGEST_KEY || value.length > LONGEST_VALUE) {
      throw new Ec2Error('InvalidParameterValue', `Tag '${key}' is too long, or has no key.`);
    }
    if (key.toLowerCase().startsWith('aws:')) {
      throw new Ec2Error(
        'InvalidParameterValue',
        `Value ( ${key} ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for internal use`,
      );
    }
  }
  if (Object.keys(tags).length > MOST_TAGS) {
    throw new Ec2Error('TagLimitExceeded', 'The maximum number of tags for a resource is 50.');
  }
}

/** The resources with these ids. Throws for all of them when one does not exist. */
export function getTaggable(world: World, view: View, ids: readonly string[]): readonly Taggable[] {
  const other = ids.find((id) => !/^(i|vol)-/.test(id));
  if (other !== undefined) {
    throw new Ec2Error('InvalidID', `The ID '${other}' is not valid`);
  }
  return [
    ...getInstances(
      world,
      view,
      ids.filter((id) => id.startsWith('i-')),
    ),
    ...getVolumes(
      world,
      view,
      ids.filter((id) => id.startsWith('vol-')),
    ),
  ];
}

/** Adds tags to resources, or to none of them when one would have too many. */
export function addTags({ timeline }: World, resources: readonly Taggable[], tags: Tags): void {
  const tagged = resources.map((resource) => ({
    resource,
    tags: { ...resource.tags.current, ...tags },
  }));
  for (const one of tagged) {
    checkTags(one.tags);
  }
  for (const one of tagged) {
    one.resource.tags.set(one.tags, timeline.now());
  }
}

/** Removes tags. A value that is given has to be the tag's; no tags at all means every tag. */
export function removeTags(
  { timeline }: World,
  resources: readonly Taggable[],
  tags: readonly { readonly key: string; readonly value: string | undefined }[],
): void {
  const isRemoved = (key: string, value: string): boolean =>
    tags.length === 0 ||
    tags.some((tag) => tag.key === key && (tag.value === undefined || tag.value === value));
  for (const resource of resources) {
    const left = Object.entries(resource.tags.current).filter((entry) => !isRemoved(...entry));
    resource.tags.set(Object.fromEntries(left), timeline.now());
  }
}
