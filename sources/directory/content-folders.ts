import { isAbsolute, posix } from 'node:path';
import type { Declaration } from '../../api/objects.ts';
import { isWithin } from './paths.ts';

interface NamesFolders {
  readonly files?: readonly { readonly directory?: string }[] | undefined;
}

/** The folders that `spec.files[].directory` of a declaration names, as written, each once. */
export function namedFolders(declaration: Declaration): string[] {
  const named = specsOf(declaration)
    .flatMap((spec) => spec.files ?? [])
    .flatMap(({ directory }) => directory ?? []);
  return [...new Set(named)];
}

function specsOf({ kind, spec }: Declaration): readonly NamesFolders[] {
  switch (kind) {
    case 'Workspace':
    case 'WorkspaceTemplate':
      return [spec];
    case 'Org':
      return [spec.defaults ?? {}, ...(spec.workspaces ?? [])];
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
