import type { DeclarationOf } from '../../../api/objects.ts';
import type { ManifestFile } from '../../../sources/directory/manifest-file.ts';
import type { RemovalInput } from '../../../sources/directory/plan-removals.ts';
import type { ObjectRef } from '../../../store/object-ref.ts';

/** A workspace in the namespace `default`. */
export function workspace(
  name: string,
  overrides: Partial<DeclarationOf<'Workspace'>> = {},
): DeclarationOf<'Workspace'> {
  return {
    kind: 'Workspace',
    namespace: 'default',
    name,
    labels: {},
    annotations: {},
    spec: {},
    ...overrides,
  };
}

/** A file that parsed and declares the named workspaces, each on its own line. */
export function manifestFile(
  path: string,
  names: readonly string[],
  overrides: Partial<ManifestFile> = {},
): ManifestFile {
  return {
    path,
    declarations: names.map((name, index) => workspace(name, { origin: `${path}:${index + 1}` })),
    isKnown: true,
    contentFolders: [],
    problems: [],
    stamp: undefined,
    hash: path,
    parsed: undefined,
    ...overrides,
  };
}

/** A file that does not parse and never did. */
export function unknownFile(path: string): ManifestFile {
  return manifestFile(path, [], { isKnown: false, problems: [`${path}:1:1: bad`] });
}

export const keyOf = (name: string): string => `Workspace default/${name}`;

export function ownedBy(names: readonly string[]): ReadonlyMap<string, ObjectRef> {
  return new Map(
    names.map((name) => [keyOf(name), { kind: 'Workspace', namespace: 'default', name }]),
  );
}

/** Ten seconds into a quiet folder in which nothing is missing. */
export function removalInput(
  owned: readonly string[],
  mentioned: readonly string[],
  overrides: Partial<RemovalInput> = {},
): RemovalInput {
  return {
    owned: ownedBy(owned),
    mentioned: new Set(mentioned.map(keyOf)),
    doubt: undefined,
    beganAtMs: 10_000,
    endedAtMs: 10_000,
    secondLookMs: 5_000,
    confirmedDigest: undefined,
    memory: {
      lackedSinceMs: new Map(),
      settled: new Set(owned.map(keyOf)),
      isHeld: false,
    },
    ...overrides,
  };
}
