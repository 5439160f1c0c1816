import type { ApiObject } from '../../server/contract.ts';

/** Formats made for programs. */
export const STRUCTURED = ['json', 'yaml'] as const;
export type Structured = (typeof STRUCTURED)[number];

/** A List as kubectl prints it. */
export function toList(items: readonly unknown[]): object {
  return { apiVersion: 'v1', kind: 'List', metadata: {}, items };
}

/** The text, without the last line end. */
export async function renderStructured(value: unknown, format: Structured): Promise<string> {
  if (format === 'json') {
    return JSON.stringify(value, undefined, 4);
  }
  // Loaded only here: it costs a third of the whole start.
  const { stringify } = await import('yaml');
  return stringify(value, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false }).trimEnd();
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
