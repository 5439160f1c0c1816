/** Where a value stands in a manifest: keys and list indexes from the root. */
export type Path = readonly (string | number)[];

/** The path as a person writes it: `spec.files[0].directory`, `metadata.annotations["a.b/c"]`; '' for the root. */
export function formatPath(path: Path): string {
  return path.map(formatSegment).join('').replace(/^\./, '');
}

function formatSegment(segment: string | number): string {
  if (typeof segment === 'number') {
    return `[${segment}]`;
  }
  return /^[A-Za-z0-9_-]+$/.test(segment) ? `.${segment}` : `[${JSON.stringify(segment)}]`;
}

/** Segments of the JSON pointer `pointer` (RFC 6901) into `root`; digits are an index where a list stands. */
export function parsePointer(pointer: string, root: unknown): Path {
  const path: (string | number)[] = [];
  let value = root;
  for (const escaped of pointer.split('/').slice(1)) {
    const key = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(value) ? Number(key) : key);
    value = member(value, key);
  }
  return path;
}

/** The value at `path`; undefined where there is none. Never throws, whatever `root` is. */
export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce(member, root);
}

function member(value: unknown, key: string | number): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string | number, unknown>)[key]
    : undefined;
}
