import { KINDS } from '../objects.ts';
import { API_GROUP } from '../schema.ts';
import { valueAt } from '../validation/path.ts';
import { findNearest } from '../validation/suggest.ts';

/** An object of somebody else, found between ours. */
export interface ForeignObject {
  readonly apiVersion: string;
  readonly kind: string;
}

/**
 * The object of another API group that a folder may well hold beside ours (a ConfigMap, a Kustomization, a
 * HelmRelease): passed over, as it is not for us. undefined for all that is ours or could be meant to be:
 * a kind of ours under another group, and any group spelled nearly like ours. A mistyped `apiVersion` that was
 * passed over would look like a removed declaration, and a removed declaration loses its instance.
 */
export function toForeignObject(raw: unknown): ForeignObject | undefined {
  const apiVersion = valueAt(raw, ['apiVersion']);
  const kind = valueAt(raw, ['kind']);
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || apiVersion === '') {
    return undefined;
  }
  const names = KINDS.map((info) => info.kind as string);
  const isLikeOurs = isLikeOurGroup(apiVersion) || findNearest(kind, names) !== undefined;
  return isLikeOurs || kind === '' ? undefined : { apiVersion, kind };
}

function isLikeOurGroup(apiVersion: string): boolean {
  const group = apiVersion.split('/')[0] ?? '';
  return group.includes('treeline') || findNearest(group, [API_GROUP]) !== undefined;
}
