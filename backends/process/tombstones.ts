import { statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../lib/error-code.ts';
import { removeFolder, removeOldDrafts } from './drafts.ts';
import type { InstanceFolders } from './instance-folders.ts';
import type { InstanceFolder } from './instance-reader.ts';
import { INSTANCE_FILE, instanceId } from './layout.ts';
import { CALL_LIFETIME_SECONDS } from './limits.ts';
import { releaseOrphanedPorts } from './ports.ts';

export interface RemovalOptions {
  /** Only those that ended before. */
  readonly olderThan: Date;
  readonly now: Date;
  readonly randomId: () => string;
}

/**
 * Removes the tombstones of instances that ended long ago, and what processes that died left half made. A tombstone stays
 * for `CALL_LIFETIME_SECONDS` in any case: as long as a launch of its attempt may still be under way. Answers how many went.
 */
export async function removeTombstones(
  folders: InstanceFolders,
  { olderThan, now, randomId }: RemovalOptions,
): Promise<number> {
  const latest = Math.min(olderThan.getTime(), now.getTime() - CALL_LIFETIME_SECONDS * 1000);
  const old = (await folders.list((folder) => folder)).filter(
    (folder) => folder.isTerminated && endedAt(folder) < latest,
  );
  for (const { path, record } of old) {
    const { workspaceUid, attempt } = record.marks;
    await removeFolder(folders.layout, path, `${instanceId(workspaceUid, attempt)}.${randomId()}`);
  }
  await removeOldDrafts(folders.layout, now);
  await releaseOrphanedPorts(folders.layout, now);
  return old.length;
}

function endedAt({ path }: InstanceFolder): number {
  try {
    return statSync(join(path, INSTANCE_FILE.terminated)).mtimeMs;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') {
      throw error;
    }
    // Another process has just removed it.
    return Infinity;
  }
}
