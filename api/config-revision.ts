/** As many characters of a hash as heartbeats, bundles and statuses show; 48 bits tell the versions of one workspace apart. */
export const REVISION_LENGTH = 12;

/** The short form of a hash that people and agents see. */
export function toRevision(hash: string): string {
  return hash.slice(0, REVISION_LENGTH);
}
