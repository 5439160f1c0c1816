import type { Database, ProviderInstance } from './world.ts';

/** True when the workspace keeps this very instance: its row is open and not closing, and nobody deletes it. */
export function isWantedLaunch(
  { record, rows }: Database,
  { id, attempt, token, origin }: ProviderInstance,
): boolean {
  if (record === undefined || record.isDeleting || origin !== 'ours') {
    return false;
  }
  const row = rows.find((one) => one.attempt === attempt);
  return (
    row?.token === token &&
    (row.instanceId === id || row.instanceId === -1) &&
    (row.state === 'pending' || row.state === 'launched')
  );
}
