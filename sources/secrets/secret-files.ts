import { isDeepStrictEqual } from 'node:util';
import { forEachLimited } from '../directory/for-each-limited.ts';
import { PARALLEL_CALLS, RECENT_CHANGE_MS } from '../directory/limits.ts';
import type { SecretLookup } from '../source.ts';
import { NOTHING, type Contents, type NamespaceContents } from './folder-snapshot.ts';
import { isSamePlace, type Look, type Place } from './place.ts';
import { readPlace } from './read-place.ts';

interface Known {
  readonly place: Place;
  readonly lookup: SecretLookup;
  /** False: it may have been written again without a visible difference, and is read again. */
  readonly isTrusted: boolean;
}

/** What lies in a secrets folder, kept in memory; only what a look shows to be new or changed is read. */
export class SecretFiles {
  readonly #lookAtFolder: () => Promise<Look>;
  readonly #nowMs: () => number;
  #known: ReadonlyMap<string, Known> = new Map();
  #shape = '';
  #contents: Contents = { problem: '', shared: NOTHING, namespaces: new Map() };

  /** `nowMs`: milliseconds since 1970, to be compared with the times of files. */
  constructor(lookAtFolder: () => Promise<Look>, nowMs: () => number) {
    this.#lookAtFolder = lookAtFolder;
    this.#nowMs = nowMs;
  }

  get contents(): Contents {
    return this.#contents;
  }

  /**
   * Looks at everything and reads what differs. False: something is different from the last time, or was changed while
   * it was read; such a secret keeps what was known of it until it holds still.
   */
  async refresh(): Promise<boolean> {
    const before = await this.#lookAtFolder();
    const read = await this.#readDiffering(before);
    if (read.size === 0 && this.#isShapeOf(before)) {
      return true;
    }
    const after = read.size === 0 ? before : await this.#lookAtFolder();
    const known = new Map<string, Known>();
    let isStill = true;
    for (const [path, place] of after.places) {
      const one = this.#pick(place, read.get(path));
      isStill &&= one !== undefined;
      const kept = one ?? this.#known.get(path);
      if (kept !== undefined) {
        known.set(path, kept);
      }
    }
    const contents = toContents(after, known);
    const isSame = isDeepStrictEqual(contents, this.#contents);
    this.#known = known;
    this.#shape = shapeOf(after);
    this.#contents = contents;
    return isStill && isSame;
  }

  /** Nothing was added or removed since; only then the places that are there are all that is known. */
  #isShapeOf(look: Look): boolean {
    return look.places.size === this.#known.size && shapeOf(look) === this.#shape;
  }

  async #readDiffering(look: Look): Promise<ReadonlyMap<string, Known>> {
    const read = new Map<string, Known>();
    const differing = [...look.places.values()].filter((place) => !this.#isKnown(place));
    await forEachLimited(differing, PARALLEL_CALLS, async (place) => {
      const nowMs = this.#nowMs();
      const isTrusted = place.files.every((file) => nowMs - file.changedAtMs >= RECENT_CHANGE_MS);
      read.set(place.path, { place, lookup: await readPlace(place), isTrusted });
    });
    return read;
  }

  #isKnown(place: Place): boolean {
    const known = this.#known.get(place.path);
    return known?.isTrusted === true && isSamePlace(known.place, place);
  }

  /** Undefined when it was changed between the look before reading and the one behind it. */
  #pick(place: Place, read: Known | undefined): Known | undefined {
    const known = read ?? this.#known.get(place.path);
    return known !== undefined && isSamePlace(known.place, place) ? known : undefined;
  }
}

function shapeOf({ problem, namespaces }: Look): string {
  return JSON.stringify([problem, ...namespaces]);
}

function toContents(look: Look, known: ReadonlyMap<string, Known>): Contents {
  const byNamespace = Map.groupBy(known.values(), ({ place }) => place.namespace);
  const namespaces = new Map<string, NamespaceContents>(
    [...look.namespaces].map(([namespace, problem]) => {
      const ofIt = byNamespace.get(namespace) ?? [];
      return [namespace, { problem, shared: sharedOf(ofIt), secrets: secretsOf(ofIt) }];
    }),
  );
  return { problem: look.problem, shared: sharedOf(byNamespace.get(undefined) ?? []), namespaces };
}

function sharedOf(known: readonly Known[]): SecretLookup {
  return known.find(({ place }) => place.name === undefined)?.lookup ?? NOTHING;
}

function secretsOf(known: readonly Known[]): ReadonlyMap<string, SecretLookup> {
  const secrets = new Map<string, SecretLookup>();
  for (const { place, lookup } of known) {
    if (place.name !== undefined) {
      secrets.set(place.name, secrets.has(place.name) ? declaredTwice(place) : lookup);
    }
  }
  return secrets;
}

function declaredTwice({ namespace = '', name = '' }: Place): SecretLookup {
  const places = `${namespace}/${name} and ${namespace}/${name}.env`;
  return { kind: 'problem', message: `secret "${name}": both ${places} exist, remove one` };
}
