import type { ApiObject } from '../../server/contract.ts';

/** Formats made for programs. */
export const STRUCTURED = ['json', 'yaml'] as const;
export type Structured = (typeof STRUCTURED)[number];

/** A List as kubectl prints it. */
export function toList(items: readonly unknown[]): object {
  return { apiVersion: 'v1', kind: 'List', metadata: {}, items };
}

/** The text, without the last line end. Fields come in the order of the alphabet, as kubectl prints them. */
export async function renderStructured(value: unknown, format: Structured): Promise<string> {
  const text = JSON.stringify(value, sortedFields, 4);
  if (format === 'json') {
    return text;
  }
  // Loaded only here: it costs a third of the whole start.
  const { stringify } = await import('yaml');
  const sorted: unknown = JSON.parse(text);
  return stringify(sorted, {
    version: '1.1',
    lineWidth: 0,
    aliasDuplicateObjects: false,
  }).trimEnd();
}

/** PostgreSQL keeps the fields of a document by the length of their names, which nobody reads well. */
function sortedFields(_key: string, value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
}

/** `workspace.treeline.dev/ada`, as `kubectl -o name`. */
export function renderName({
  apiVersion,
  kind,
  metadata,
}: Pick<ApiObject, 'apiVersion' | 'kind'> & {
  readonly metadata: { readonly name: string };
}): string {
  return `${kind.toLowerCase()}.${apiVersion.split('/')[0] ?? ''}/${metadata.name}`;
}
