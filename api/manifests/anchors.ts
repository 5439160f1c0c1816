/**
 * How large a document may be once its aliases are written out, in characters: as large as a file may be.
 * A "YAML bomb" of nine lines would be billions.
 */
const MAX_EXPANDED_SIZE = 5_000_000;

export type Resolved =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'problem'; readonly message: string }
  /** The limit was passed before: already reported. */
  | { readonly kind: 'exhausted' };

interface Anchor {
  /** False while the anchored value itself is being read: an alias to it would contain itself. */
  readonly isComplete: boolean;
  readonly value?: unknown;
  readonly size: number;
}

/** The anchors of one document in the order of reading, and the budget that their aliases draw on. */
export class Anchors {
  readonly #anchors = new Map<string, Anchor>();
  #size = 0;

  /** Counts one node and the characters of its text. */
  count(characters: number): void {
    this.#size += 1 + characters;
  }

  /** Reads the value that `name` stands for from here on; a later anchor of that name replaces it. */
  define<T>(name: string, read: () => T): T {
    const before = this.#size;
    this.#anchors.set(name, { isComplete: false, size: 0 });
    const value = read();
    this.#anchors.set(name, { isComplete: true, value, size: this.#size - before });
    return value;
  }

  /** The value is shared, not copied: a bomb costs nothing here, but whoever writes the value out would pay. */
  resolve(name: string): Resolved {
    const anchor = this.#anchors.get(name);
    if (anchor?.isComplete !== true) {
      const why = anchor === undefined ? 'has no anchor before it' : 'stands inside its own anchor';
      return { kind: 'problem', message: `alias *${name} ${why}` };
    }
    if (this.#size > MAX_EXPANDED_SIZE) {
      return { kind: 'exhausted' };
    }
    this.#size += anchor.size;
    return this.#size <= MAX_EXPANDED_SIZE
      ? { kind: 'value', value: anchor.value }
      : { kind: 'problem', message: `aliases expand to more than ${MAX_EXPANDED_SIZE} characters` };
  }
}
