import { addTags, getTaggable, removeTags } from '../model/tagging.ts';
import { tagsIn, visibleInstances, visibleVolumes } from '../model/view.ts';
import { parseFilters, type Filterable } from '../wire/filters.ts';
import { cutPage } from '../wire/pages.ts';
import { endDryRun, PAGING, type Action, type ActionCall } from './action.ts';

interface TagOfResource {
  /** Resource and key: what the pages are sorted by. */
  readonly id: string;
  readonly resourceId: string;
  readonly resourceType: string;
  readonly key: string;
  readonly value: string;
}

const FILTERS: Filterable<TagOfResource> = {
  'resource-id': ({ resourceId }) => [resourceId],
  'resource-type': ({ resourceType }) => [resourceType],
  key: ({ key }) => [key],
  value: ({ value }) => [value],
};

export const createTags: Action = {
  parameters: ['ResourceId', 'Tag'],
  perform: ({ world, query, view }) => {
    const resources = getTaggable(world, view, query.requiredList('ResourceId'));
    query.requiredList('Tag');
    const tags = query
      .groups('Tag')
      .map((tag) => [tag.required('Key'), tag.text('Value') ?? ''] as const);
    endDryRun(query);
    addTags(world, resources, Object.fromEntries(tags));
    return { return: true };
  },
};

export const deleteTags: Action = {
  parameters: ['ResourceId', 'Tag'],
  perform: ({ world, query, view }) => {
    const resources = getTaggable(world, view, query.requiredList('ResourceId'));
    const tags = query
      .groups('Tag')
      .map((tag) => ({ key: tag.required('Key'), value: tag.text('Value') }));
    endDryRun(query);
    removeTags(world, resources, tags);
    return { return: true };
  },
};

export const describeTags: Action = {
  parameters: ['Filter', ...PAGING],
  perform: (call) => {
    const passes = parseFilters(call.query, FILTERS);
    const { items, nextToken } = cutPage(call.query, listTags(call).filter(passes));
    return {
      tagSet: items.map(({ resourceId, resourceType, key, value }) => ({
        resourceId,
        resourceType,
        key,
        value,
      })),
      nextToken,
    };
  },
};

function listTags({ world, view }: ActionCall): readonly TagOfResource[] {
  const resources = [
    ...visibleInstances(world, view).map((one) => ({ one, resourceType: 'instance' })),
    ...visibleVolumes(world, view).map((one) => ({ one, resourceType: 'volume' })),
  ];
  return resources
    .flatMap(({ one, resourceType }) =>
      Object.entries(tagsIn(view, one)).map(([key, value]) => ({
        id: `${one.id}|${key}`,
        resourceId: one.id,
        resourceType,
        key,
        value,
      })),
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
