import { isMap, isScalar, isSeq, type Node } from 'yaml';
import type { Path } from '../validation/path.ts';
import { toKey } from './mapping.ts';
import { parseScalar } from './tagged-scalar.ts';

/** Where a field, or the nearest that exists above it, stands in the text. */
export interface Place {
  /** The node of its key; undefined for the root and for members of a list. */
  readonly key: Node | undefined;
  readonly value: Node;
  /** False when the path goes on below `value`, into nothing. */
  readonly isExact: boolean;
}

/** Follows `path` as far as the document goes. What came through an alias or `<<` ends at the field that names it. */
export function findPlace(root: Node, path: Path): Place {
  let place: Place = { key: undefined, value: root, isExact: true };
  for (const segment of path) {
    const next = findMember(place.value, segment);
    if (next === undefined) {
      return { ...place, isExact: false };
    }
    place = next;
  }
  return place;
}

/**
 * Offset to point at: a wrong value stands at its value, a wrong or duplicate key at its key,
 * and a field that is missing at the key of what should hold it.
 */
export function offsetOf({ key, value, isExact }: Place, at: 'key' | 'value'): number {
  const node = isExact && at === 'value' ? value : (key ?? value);
  return node.range?.[0] ?? 0;
}

/** The text of a value, or of its key, as its author wrote it without quotes; undefined for all other nodes. */
export function textOfPlainScalar(
  { key, value, isExact }: Place,
  at: 'key' | 'value',
): string | undefined {
  const node = at === 'key' ? key : value;
  return isExact && isScalar(node) && node.type === 'PLAIN' && node.tag === undefined
    ? String(node.value)
    : undefined;
}

function findMember(node: Node, segment: string | number): Place | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(segment)] as Node | undefined;
    return item === undefined ? undefined : { key: undefined, value: item, isExact: true };
  }
  const pair = isMap(node)
    ? node.items.findLast(({ key }) => keyOf(key) === String(segment))
    : undefined;
  return pair === undefined
    ? undefined
    : { key: pair.key as Node, value: (pair.value ?? pair.key) as Node, isExact: true };
}

function keyOf(node: unknown): string | undefined {
  if (!isScalar(node)) {
    return undefined;
  }
  const parsed = parseScalar(String(node.value), { isPlain: node.type === 'PLAIN', tag: node.tag });
  return 'value' in parsed ? toKey(parsed.value) : undefined;
}
