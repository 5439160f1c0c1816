import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import type { Path } from '../validation/path.ts';
import { Anchors } from './anchors.ts';
import { isMergeKey, mergeInto, setMember, toKey } from './mapping.ts';
import { parseScalar, refuseCollectionTag } from './tagged-scalar.ts';

/** More than a person reads at once; keeps a hopeless file cheap. */
const MAX_PROBLEMS = 100;

/** Something YAML allows and JSON, or kubectl, does not. */
export interface TreeProblem {
  /** In UTF-16 code units from the start of the document's text. */
  readonly offset: number;
  readonly path: Path;
  readonly message: string;
}

export interface Converted {
  /** Plain JSON; parts that came from one anchor are one object. */
  readonly value: unknown;
  /** At most 100. */
  readonly problems: readonly TreeProblem[];
}

/**
 * The JSON value of a parsed document as kubectl sees it, and all that stands in the way of one. Never throws.
 * `lineAt` answers the line of an offset; it is asked only for messages.
 */
export function toJson(contents: Node, lineAt: (offset: number) => number): Converted {
  const converter = new Converter(lineAt);
  const value = converter.convert(contents);
  return { value, problems: converter.problems };
}

class Converter {
  readonly problems: TreeProblem[] = [];
  readonly #lineAt: (offset: number) => number;
  readonly #anchors = new Anchors();
  readonly #path: (string | number)[] = [];

  constructor(lineAt: (offset: number) => number) {
    this.#lineAt = lineAt;
  }

  convert(node: unknown): unknown {
    if (isAlias(node)) {
      return this.#convertAlias(node.source, node);
    }
    const anchor = (node as Node | null)?.anchor;
    return anchor === undefined
      ? this.#convertContent(node)
      : this.#anchors.define(anchor, () => this.#convertContent(node));
  }

  #convertContent(node: unknown): unknown {
    this.#anchors.count(0);
    if (isMap(node)) {
      this.#reportIf(node, refuseCollectionTag(node.tag, 'map'));
      return this.#convertMap(node);
    }
    if (isSeq(node)) {
      this.#reportIf(node, refuseCollectionTag(node.tag, 'seq'));
      return node.items.map((item, index) => this.#within(index, () => this.convert(item)));
    }
    return isScalar(node) ? this.#convertScalar(node) : null;
  }

  #convertScalar(node: Scalar): unknown {
    const text = String(node.value);
    this.#anchors.count(text.length);
    const parsed = parseScalar(text, { isPlain: node.type === 'PLAIN', tag: node.tag });
    if ('value' in parsed) {
      return parsed.value;
    }
    this.#report(node, parsed.message);
    return text;
  }

  #convertAlias(name: string, node: Node): unknown {
    const resolved = this.#anchors.resolve(name);
    if (resolved.kind === 'value') {
      return resolved.value;
    }
    this.#reportIf(node, resolved.kind === 'problem' ? resolved.message : undefined);
    return undefined;
  }

  #convertMap(map: YAMLMap): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    const offsets = new Map<string, number>();
    for (const { key: keyNode, value } of map.items) {
      if (isMergeKey(keyNode)) {
        this.#merge(result, value, keyNode);
        continue;
      }
      const node = (keyNode ?? map) as Node;
      const key = this.#convertKey(keyNode, node);
      if (key !== undefined) {
        this.#within(key, () => {
          this.#refuseDuplicate(offsets, key, node);
          setMember(result, key, this.convert(value));
        });
      }
    }
    return result;
  }

  #convertKey(keyNode: unknown, node: Node): string | undefined {
    const raw = this.convert(keyNode);
    const key = toKey(raw);
    if (key === undefined && raw !== undefined) {
      this.#report(node, 'a key must be text: put it in quotes');
    }
    return key;
  }

  #merge(result: Record<string, unknown>, value: unknown, keyNode: Node): void {
    const merged = this.convert(value);
    if (merged !== undefined && !mergeInto(result, merged)) {
      this.#report(keyNode, '<< takes a mapping or a list of mappings');
    }
  }

  #refuseDuplicate(offsets: Map<string, number>, key: string, node: Node): void {
    const first = offsets.get(key);
    if (first === undefined) {
      offsets.set(key, node.range?.[0] ?? 0);
      return;
    }
    if (this.problems.length < MAX_PROBLEMS) {
      const line = this.#lineAt(first);
      this.#report(node, `duplicate key ${JSON.stringify(key)} (first in line ${line})`);
    }
  }

  #within<T>(segment: string | number, read: () => T): T {
    this.#path.push(segment);
    const value = read();
    this.#path.pop();
    return value;
  }

  #reportIf(node: Node, message: string | undefined): void {
    if (message !== undefined) {
      this.#report(node, message);
    }
  }

  #report(node: Node, message: string): void {
    if (this.problems.length < MAX_PROBLEMS) {
      this.problems.push({ offset: node.range?.[0] ?? 0, path: [...this.#path], message });
    }
  }
}
