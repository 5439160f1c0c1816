import { posix } from 'node:path';
import { describeDeclaration, type Declaration } from '../../api/objects.ts';
import { isBroken, type ManifestFile } from './manifest-file.ts';
import { isWithin } from './paths.ts';

/** What all files together declare. */
export interface Resolved {
  /** By object key: what counts. */
  readonly declared: ReadonlyMap<string, Declaration>;
  /** Every object that some file names, also where it does not count: none of them is removed. */
  readonly mentioned: ReadonlySet<string>;
  /** By object key: the file whose declaration counts, for the next time. */
  readonly holders: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
  /** A file that cannot be used as it lies there, so nobody knows all that is declared. */
  readonly brokenFile: string | undefined;
}

interface Claim {
  readonly path: string;
  readonly declaration: Declaration;
}

/**
 * Of two files that declare one object the one that had it first (`holders`) counts, and the newcomer is refused;
 * where nobody had it, neither counts, since choosing would be a guess. Does not depend on the order of files.
 */
export function resolveDeclarations(
  files: Iterable<ManifestFile>,
  holders: ReadonlyMap<string, string>,
): Resolved {
  const manifests = leaveOutContent([...files]);
  const broken = manifests.filter(isBroken);
  const unknown = new Set(broken.filter((file) => !file.isKnown).map((file) => file.path));
  const next = {
    declared: new Map<string, Declaration>(),
    holders: new Map([...holders].filter(([, path]) => unknown.has(path))),
    conflicts: [] as string[],
  };
  const claims = collectClaims(manifests);
  for (const [key, rivals] of claims) {
    const holder = holders.get(key);
    const winner = findWinner(rivals, holder, unknown);
    if (winner !== undefined) {
      next.declared.set(key, winner.declaration);
      next.holders.set(key, winner.path);
    }
    next.conflicts.push(...describeConflict(rivals, winner, holder));
  }
  return {
    declared: next.declared,
    holders: next.holders,
    mentioned: new Set(claims.keys()),
    problems: [...broken.flatMap((file) => file.problems), ...next.conflicts].sort(),
    brokenFile: broken.map((file) => file.path).sort()[0],
  };
}

/**
 * YAML below a folder that a manifest names is content. A manifest that is content itself names nothing: the files
 * nearest to the root have their say first, so that two that name each other's folders have one answer.
 */
function leaveOutContent(files: readonly ManifestFile[]): readonly ManifestFile[] {
  const naming = files.filter((file) => file.contentFolders.length > 0).sort(byDepth);
  const folders = new Set<string>();
  for (const file of naming) {
    if (!isWithin(file.path, folders)) {
      file.contentFolders.forEach((folder) => folders.add(folder));
    }
  }
  return folders.size === 0 ? files : files.filter((file) => !isWithin(file.path, folders));
}

function byDepth(a: ManifestFile, b: ManifestFile): number {
  return a.path.split('/').length - b.path.split('/').length || (a.path < b.path ? -1 : 1);
}

function collectClaims(files: readonly ManifestFile[]): Map<string, Claim[]> {
  const claims = new Map<string, Claim[]>();
  for (const { path, declarations } of files) {
    for (const declaration of declarations) {
      const key = describeDeclaration(declaration);
      const rivals = claims.get(key);
      if (rivals === undefined) {
        claims.set(key, [{ path, declaration }]);
      } else {
        rivals.push({ path, declaration });
      }
    }
  }
  return claims;
}

function findWinner(
  rivals: readonly Claim[],
  holder: string | undefined,
  unknown: ReadonlySet<string>,
): Claim | undefined {
  if (holder !== undefined && unknown.has(holder)) {
    // It cannot be read since the start, but the store says that the object came from it.
    return undefined;
  }
  const [only, ...others] = rivals;
  return others.length === 0 ? only : rivals.find((claim) => claim.path === holder);
}

function describeConflict(
  rivals: readonly Claim[],
  winner: Claim | undefined,
  holder: string | undefined,
): string[] {
  const first = winner === undefined ? holder : placeOf(winner);
  return rivals
    .filter((claim) => claim !== winner)
    .map((claim) => {
      const start = `${placeOf(claim)}: NameConflict: ${describeDeclaration(claim.declaration)}`;
      const others = rivals.filter((other) => other !== claim).map(placeOf);
      return winner === undefined && others.length > 0
        ? `${start} is also declared at ${others.sort().join(', ')}; neither counts until one is left`
        : `${start} was declared at ${first ?? ''} first; this one is refused until that one is gone`;
    });
}

function placeOf({ path, declaration }: Claim): string {
  return declaration.origin ?? path;
}

/** The file of an origin `file:line`. */
export function fileOf(origin: string): string {
  return posix.normalize(origin.replace(/:\d+(:\d+)?$/, ''));
}
