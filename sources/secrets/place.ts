import type { FoundFile } from '../directory/listing.ts';

/** Where one secret lies, or what every workspace gets: found by a look, not yet read. */
export interface Place {
  /** Relative to the secrets folder: `default/api`, `default/api.env`, `default/.env`, `.env`. */
  readonly path: string;
  /** Undefined: of all namespaces. */
  readonly namespace: string | undefined;
  /** Undefined: what every workspace of the namespace gets. */
  readonly name: string | undefined;
  /** One file a key, or one `.env` file. */
  readonly kind: 'keys' | 'env';
  /** Sorted by path; not those that have a problem. */
  readonly files: readonly FoundFile[];
  /** Begin with a path; no values. */
  readonly problems: readonly string[];
}

/** Everything at one moment, found by listing and stat alone. */
export interface Look {
  /** Why the folder cannot be looked at; '' when all is well. */
  readonly problem: string;
  /** By name: why a namespace cannot be looked at; '' when all is well. */
  readonly namespaces: ReadonlyMap<string, string>;
  /** By path. */
  readonly places: ReadonlyMap<string, Place>;
}

/** The two lie there unchanged; also what a link leads to. */
export function isSamePlace(one: Place, other: Place): boolean {
  return stampOfPlace(one) === stampOfPlace(other);
}

function stampOfPlace({ files, problems }: Place): string {
  return JSON.stringify([files.map((file) => [file.path, file.realPath, file.stamp]), problems]);
}
