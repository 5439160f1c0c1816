import type { Instance, Tag } from '@aws-sdk/client-ec2';
import { ANNOTATION } from '../../api/labels.ts';
import type { OwnerMarks } from '../../api/launch.ts';
import { API_GROUP } from '../../api/schema.ts';
import { TAG_VALUE_LENGTH } from './limits.ts';

/** What the instances and volumes of an installation carry. Whoever may write these may delete (docs/ec2.md, "Permissions"). */
export const TAG = {
  installation: `${API_GROUP}/installation`,
  workspaceUid: `${API_GROUP}/workspace-uid`,
  namespace: `${API_GROUP}/namespace`,
  name: `${API_GROUP}/name`,
  attempt: `${API_GROUP}/attempt`,
  token: `${API_GROUP}/token`,
  className: `${API_GROUP}/class`,
  managedBy: `${API_GROUP}/managed-by`,
} as const;

/** Owner marks and the tags of the class; ours win. The console of EC2 shows `Name`. Pure, in a fixed order. */
export function toTags(marks: OwnerMarks, classTags: Readonly<Record<string, string>>): Tag[] {
  const tags = {
    Name: `${marks.namespace}/${marks.name}`,
    ...classTags,
    [TAG.installation]: marks.installationId,
    [TAG.workspaceUid]: marks.workspaceUid,
    [TAG.namespace]: marks.namespace,
    [TAG.name]: marks.name,
    [TAG.attempt]: String(marks.attempt),
    [TAG.token]: marks.token,
    [TAG.className]: marks.className,
    [TAG.managedBy]: 'treeline',
  };
  // Sorted, so that a replay sends the same bytes.
  return Object.entries(tags)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([Key, value]) => ({ Key, Value: value.slice(0, TAG_VALUE_LENGTH) }));
}

/** What tags say, and whether they can be believed. */
export interface ReadMarks {
  readonly marks: OwnerMarks;
  /** It carries the id of this installation. */
  readonly isMarked: boolean;
  readonly isProtected: boolean;
}

/**
 * Reads owner marks back. They are believed only when the launch token among them is the one that EC2 itself keeps of the
 * launch, which nobody can write afterwards: an instance that somebody tagged to look like ours belongs to no workspace
 * (its `workspaceUid` is ''), and so is reported as unclaimed. Pure.
 */
export function readMarks(
  { Tags = [], ClientToken }: Pick<Instance, 'Tags' | 'ClientToken'>,
  installationId: string,
): ReadMarks {
  const values = new Map(Tags.map(({ Key, Value }) => [Key, Value]));
  const read = (key: string): string => values.get(key) ?? '';
  const attempt = /^[1-9][0-9]{0,8}$/.test(read(TAG.attempt)) ? Number(read(TAG.attempt)) : 0;
  const token = read(TAG.token);
  const isMarked = read(TAG.installation) === installationId;
  const isLaunchedByUs = isMarked && attempt > 0 && token !== '' && token === ClientToken;
  return {
    marks: {
      installationId: read(TAG.installation),
      workspaceUid: isLaunchedByUs ? read(TAG.workspaceUid) : '',
      namespace: read(TAG.namespace),
      name: read(TAG.name),
      attempt,
      token,
      className: read(TAG.className),
    },
    isMarked,
    isProtected: read(ANNOTATION.gcProtect) === 'true',
  };
}
