import type { SecretLookup, SecretSnapshot } from '../source.ts';

/** Makes the hashes of a snapshot; an `InstallationKey`. */
export interface KeyedHasher {
  keyedHash(value: unknown): string;
}

export interface NamespaceContents {
  /** Why nothing is known of the namespace; '' when all is well. */
  readonly problem: string;
  /** What every workspace of the namespace gets. */
  readonly shared: SecretLookup;
  readonly secrets: ReadonlyMap<string, SecretLookup>;
}

/** What lies in a secrets folder. */
export interface Contents {
  /** Why nothing is known of the folder; '' when all is well. */
  readonly problem: string;
  /** What every workspace gets. */
  readonly shared: SecretLookup;
  readonly namespaces: ReadonlyMap<string, NamespaceContents>;
}

/** Everything that cannot be read, each with file and line where known, never with a value. Pure. */
export function problemsIn({ problem, shared, namespaces }: Contents): readonly string[] {
  const within = [...namespaces.values()];
  const lookups = [
    shared,
    ...within.flatMap((namespace) => [namespace.shared, ...namespace.secrets.values()]),
  ];
  return [
    ...[problem, ...within.map((namespace) => namespace.problem)].filter((one) => one !== ''),
    ...lookups.flatMap((lookup) => (lookup.kind === 'problem' ? [lookup.message] : [])),
  ];
}

export const NOTHING: SecretLookup = found([]);
const EMPTY_NAMESPACE: NamespaceContents = { problem: '', shared: NOTHING, secrets: new Map() };
const EMPTY: Contents = { problem: '', shared: NOTHING, namespaces: new Map() };

/** No secrets at all: where there is no folder, and for tests. */
export function emptySecrets(key: KeyedHasher): SecretSnapshot {
  return new FolderSnapshot(EMPTY, key);
}

/** Without a prototype, so that a key named like a method of objects is not found where nobody declared it. */
export function found(values: Iterable<readonly [string, string]>): SecretLookup {
  const plain = Object.create(null) as Record<string, string>;
  for (const [key, value] of values) {
    plain[key] = value;
  }
  return { kind: 'found', values: Object.freeze(plain) };
}

/** What a folder held at one moment. Values are in private fields: nothing shows them by printing it. */
export class FolderSnapshot implements SecretSnapshot {
  readonly #contents: Contents;
  readonly #key: KeyedHasher;
  readonly #sharedRevision: string;
  readonly #revisions: ReadonlyMap<string, string>;

  constructor(contents: Contents, key: KeyedHasher) {
    this.#contents = contents;
    this.#key = key;
    this.#sharedRevision = this.#computeRevision(EMPTY_NAMESPACE);
    this.#revisions = new Map(
      [...contents.namespaces].map(([name, namespace]) => [name, this.#computeRevision(namespace)]),
    );
  }

  find(namespace: string, name: string): SecretLookup {
    const { problem, secrets } = this.#of(namespace);
    const obstacle = this.#contents.problem || problem;
    const secret = secrets.get(name);
    if (obstacle !== '') {
      return { kind: 'problem', message: `secret "${name}": ${obstacle}` };
    }
    if (secret === undefined) {
      const places = `${namespace}/${name}/ nor ${namespace}/${name}.env`;
      return {
        kind: 'problem',
        message: `secret "${name}" not found: the secrets folder has neither ${places}`,
      };
    }
    return secret;
  }

  global(namespace: string): SecretLookup {
    const { problem, shared } = this.#of(namespace);
    const obstacle = this.#contents.problem || problem;
    if (obstacle !== '') {
      return { kind: 'problem', message: `secrets of all workspaces: ${obstacle}` };
    }
    return merged(this.#contents.shared, shared);
  }

  revision(namespace: string): string {
    return this.#revisions.get(namespace) ?? this.#sharedRevision;
  }

  keyedHash(value: unknown): string {
    return this.#key.keyedHash(value);
  }

  /**
   * The namespaces whose revision is another one in `next`; `all` when it is so for namespaces of which neither has
   * anything.
   */
  differingFrom(next: FolderSnapshot): readonly string[] | 'all' {
    if (this.#sharedRevision !== next.#sharedRevision) {
      return 'all';
    }
    const names = new Set([...this.#revisions.keys(), ...next.#revisions.keys()]);
    return [...names].filter((name) => this.revision(name) !== next.revision(name)).sort();
  }

  #of(namespace: string): NamespaceContents {
    return this.#contents.namespaces.get(namespace) ?? EMPTY_NAMESPACE;
  }

  #computeRevision({ problem, shared, secrets }: NamespaceContents): string {
    const sorted = [...secrets].sort(([a], [b]) => (a < b ? -1 : 1));
    const { problem: obstacle, shared: ofAll } = this.#contents;
    return this.#key.keyedHash([obstacle, ofAll, problem, shared, sorted]);
  }
}

/** The same key of the namespace overrides. */
function merged(ofAll: SecretLookup, ofNamespace: SecretLookup): SecretLookup {
  if (ofAll.kind === 'problem') {
    return ofAll;
  }
  return ofNamespace.kind === 'problem'
    ? ofNamespace
    : found([...Object.entries(ofAll.values), ...Object.entries(ofNamespace.values)]);
}
