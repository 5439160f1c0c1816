import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { mark } from './atomic-files.ts';
import { removeFolder } from './drafts.ts';
import { unless } from './errors.ts';
import { INSTANCE_FILE, latestRun, type Layout } from './layout.ts';
import { releasePorts } from './ports.ts';

/** Everything but who it was: the record and its marks are the tombstone. */
const KEPT: readonly string[] = [
  INSTANCE_FILE.record,
  INSTANCE_FILE.terminating,
  INSTANCE_FILE.terminated,
];

/**
 * Ends an instance of which nothing runs any more: gives its ports back, removes its files and leaves a tombstone, on
 * which a late launch of the same attempt founders. Called by the supervisor or by a backend, also by both at once.
 */
export async function buryInstance(layout: Layout, id: string): Promise<void> {
  const path = layout.instance(id);
  await releasePorts({ layout, id, heldFolder: join(path, INSTANCE_FILE.ports) });
  const names = await unless(['ENOENT'], () => readdir(path), []);
  // The runs come last: as long as there is one, others can see its supervisor and leave this to it.
  for (const name of names.toSorted((a, b) => Number(isRun(a)) - Number(isRun(b)))) {
    if (!KEPT.includes(name)) {
      // In one step: a run of which half is gone would look like one that nobody has claimed.
      await removeFolder(layout, join(path, name), `${id}.${randomUUID()}`);
    }
  }
  // Last: until then it counts as terminating, so that whoever sees it repeats what was cut off.
  mark(join(path, INSTANCE_FILE.terminated));
}

function isRun(name: string): boolean {
  return latestRun([name]) !== undefined;
}
