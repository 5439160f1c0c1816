import { API_GROUP } from '../api/schema.ts';
import type { Kind } from '../api/objects.ts';
import { DNS_NAMESPACE, uuidv5 } from '../lib/uuid.ts';

/** Names one object, whether it exists or not. */
export interface ObjectRef {
  readonly kind: Kind;
  /** '' for a WorkspaceClass. */
  readonly namespace: string;
  readonly name: string;
}

/** Unique per object; not for people. */
export function keyOf({ kind, namespace, name }: ObjectRef): string {
  return `${kind}/${namespace}/${name}`;
}

/**
 * Says the uids of declared objects: the same for the same installation and name, so that a database that was lost
 * finds its instances again (design §4). `installationId` may be any text.
 */
export function uidsOf(installationId: string): (ref: ObjectRef) => string {
  const installation = uuidv5(uuidv5(DNS_NAMESPACE, API_GROUP), installationId);
  return (ref) =>
    uuidv5(installation, ref.kind === 'Workspace' ? `${ref.namespace}/${ref.name}` : keyOf(ref));
}
