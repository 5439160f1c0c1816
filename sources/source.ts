import type { ObjectRef } from '../store/object-ref.ts';

/** A place where desired state comes from: it keeps its apply set in the store equal to what is declared there. */
export interface Source {
  /** Name of the apply set it owns, e.g. `directory`. */
  readonly applySetName: string;
  /**
   * Works until `signal` is aborted; calls `tick` after every pass that succeeded, at least once per rescan interval.
   * Throws only what must end the process, e.g. `FencedError`; a database that is away is retried inside.
   */
  run(signal: AbortSignal, tick: () => void): Promise<void>;
}

/** An object that the apply set owns in the store. */
export interface OwnedObject extends ObjectRef {
  /** `file:line` of the manifest it was applied from; null when unknown. */
  readonly origin: string | null;
}

/** What a source says of itself; shown to people. */
export interface SourceState {
  /**
   * `Held`: deletions wait until the declarations are back or a person confirms exactly this list. Saving `Active`
   * makes an older confirmation void.
   */
  readonly state: 'Active' | 'Held';
  /** One line each, with file, line and column where known; [] when all is well. */
  readonly problems: readonly string[];
  /** What a person confirms; null when there is nothing to confirm (yet). */
  readonly heldDigest: string | null;
  /** `Kind namespace/name`, sorted. */
  readonly heldDeletions: readonly string[];
}

/** Text by key, or a problem that names what is missing and never a value. */
export type SecretLookup =
  | { readonly kind: 'found'; readonly values: Readonly<Record<string, string>> }
  | { readonly kind: 'problem'; readonly message: string };

/** All secrets at one moment, in memory only. */
export interface SecretSnapshot {
  find(namespace: string, name: string): SecretLookup;
  /** What every workspace of the namespace gets without asking. */
  global(namespace: string): SecretLookup;
  /** Changes when anything changes that a workspace of this namespace can read; keyed, so that nothing can be guessed from it. */
  revision(namespace: string): string;
  /** Keyed hash of a value that may hold secrets; 64 hexadecimal characters. */
  keyedHash(value: unknown): string;
}

export interface SecretReader {
  snapshot(): SecretSnapshot;
}
