import { isAbsolute, posix } from 'node:path';
import type { Declaration } from '../../api/objects.ts';
import type { Path } from '../../api/validation/path.ts';
import { isWithin } from './paths.ts';

interface NamesFolders {
  readonly files?: readonly { readonly directory?: string }[] | undefined;
}

/** A folder that a manifest names. */
export interface NamedFolder {
  /** As written. */
  readonly directory: string;
  /** The field: `spec.files[0].directory`. */
  readonly field: Path;
}

/** The folders that `files[].directory` of a declaration names, each once. */
export function namedFolders(declaration: Declaration): NamedFolder[] {
  const named = placesOf(declaration).flatMap(([path, { files }]) =>
    (files ?? []).flatMap(({ directory }, index) =>
      directory === undefined
        ? []
        : [{ directory, field: [...path, 'files', index, 'directory'] as const }],
    ),
  );
  return [...Map.groupBy(named, ({ directory }) => directory).values()].flatMap(([first]) =>
    first === undefined ? [] : [first],
  );
}

function placesOf({ kind, spec }: Declaration): readonly (readonly [Path, NamesFolders])[] {
  switch (kind) {
    case 'Workspace':
    case 'WorkspaceTemplate':
      return [[['spec'], spec]];
    case 'Org':
      return [
        [['spec', 'defaults'], spec.defaults ?? {}],
        ...(spec.workspaces ?? []).map(
          (node, index) => [['spec', 'workspaces', index], node] as const,
        ),
      ];
    case 'WorkspaceClass':
      return [];
  }
}

/** Where a folder named in `manifestPath` lies, relative to the root; or why it cannot be read. */
export function locateFolder(
  manifestPath: string,
  directory: string,
): { readonly path: string } | { readonly problem: string } {
  const joined = posix.join(posix.dirname(manifestPath), directory);
  const path = joined === '.' ? '' : joined.replace(/\/$/, '');
  if (isAbsolute(directory)) {
    return { problem: 'must be relative to the manifest' };
  }
  if (path === '..' || path.startsWith('../')) {
    return { problem: 'leaves the folder of the source, refused' };
  }
  if (isWithin(manifestPath, new Set([path]))) {
    return { problem: 'holds this manifest; give a folder beside it' };
  }
  return { path };
}

/** `directory: x` in YAML or JSON, with or without quotes. */
const DIRECTORY_FIELD = /["']?\bdirectory["']?\s*:\s*["']?([^"'\s,}#]+)/g;

/**
 * The folders that a manifest probably names, found in a text that does not parse. Only for files that have not
 * parsed since the start: without it, YAML inside their content folders would be taken for manifests meanwhile.
 */
export function guessFolders(manifestPath: string, text: string): string[] {
  return [...text.matchAll(DIRECTORY_FIELD)].flatMap(([, directory = '']) => {
    const located = locateFolder(manifestPath, directory);
    return 'path' in located ? [located.path] : [];
  });
}
