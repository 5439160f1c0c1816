import { isScalar, type Scalar } from 'yaml';

/** An unquoted `<<`. */
export function isMergeKey(node: unknown): node is Scalar {
  return (
    isScalar(node) &&
    node.value === '<<' &&
    (node.tag === undefined ? node.type === 'PLAIN' : node.tag === 'tag:yaml.org,2002:merge')
  );
}

/**
 * The key that kubectl makes of a value: `on: x` has the key "true", `014: x` the key "12".
 * undefined for what it refuses (null, lists) or garbles (1.5e9 becomes "1.5e+09").
 */
export function toKey(value: unknown): string | undefined {
  if (typeof value === 'string') {
    return value;
  }
  return typeof value === 'boolean' || Number.isSafeInteger(value) ? String(value) : undefined;
}

/**
 * Copies the members of a mapping, or of a list of mappings (the first one wins), into `target`.
 * As kubectl does it: a merged member replaces what stands above `<<` and gives way to what stands below.
 * Answers false, and copies nothing, when `merged` is neither.
 */
export function mergeInto(target: Record<string, unknown>, merged: unknown): boolean {
  const sources: unknown[] = Array.isArray(merged) ? merged.toReversed() : [merged];
  if (!sources.every(isRecord)) {
    return false;
  }
  for (const [key, value] of sources.flatMap((source) => Object.entries(source))) {
    setMember(target, key, value);
  }
  return true;
}

/** Assignment that also works for the key `__proto__`. */
export function setMember(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  } else {
    target[key] = value;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
