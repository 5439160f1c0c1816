import type { Declaration } from '../api/objects.ts';
import { hashOf } from '../lib/hash.ts';
import type { ObjectRef } from './object-ref.ts';

/** A declaration with what is compared and stored of it. */
export interface DeclaredObject extends ObjectRef {
  readonly uid: string;
  readonly applySet: string;
  /** The Org that generated it. */
  readonly ownerUid: string | null;
  readonly origin: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly directories: Directories;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly specHash: string;
  readonly parentName: string | null;
  /** undefined: not named, so somebody else may have a say. */
  readonly collapsed: boolean | undefined;
  readonly layout: Layout | undefined;
}

export type Directories = Readonly<Record<string, Readonly<Record<string, string>>>>;
export interface Layout {
  readonly x: number;
  readonly y: number;
}

/** Who declares. */
export interface Declarer {
  readonly applySet: string;
  readonly ownerUid?: string | undefined;
}

export function toDeclaredObject(
  declaration: Declaration,
  uid: string,
  { applySet, ownerUid }: Declarer,
): DeclaredObject {
  const {
    kind,
    namespace,
    name,
    labels,
    annotations,
    spec,
    origin,
    directories = {},
  } = declaration;
  const workspace = declaration.kind === 'Workspace' ? declaration.spec : {};
  return {
    kind,
    namespace,
    name,
    uid,
    applySet,
    ownerUid: ownerUid ?? null,
    origin: origin ?? null,
    labels,
    annotations,
    directories,
    spec,
    specHash: hashOf({ spec, labels, annotations, directories }),
    parentName: workspace.parentRef?.name ?? null,
    collapsed: workspace.collapsed,
    layout: workspace.layout,
  };
}

/** Fields of the spec that say how a picture of the tree looks; they cause no action. */
const PICTURE_FIELDS: ReadonlySet<string> = new Set(['collapsed', 'layout']);

/** Hash of what makes a generation: the spec without its picture, and the text of its folders. */
export function effectiveHash(
  spec: Readonly<Record<string, unknown>>,
  directories: Directories,
): string {
  const effective = Object.entries(spec).filter(([field]) => !PICTURE_FIELDS.has(field));
  return hashOf({ effective: Object.fromEntries(effective), directories });
}

/** What people are told of it. */
export const UNSTORABLE = 'it holds a NUL character or half of a surrogate pair';

/** True for text that PostgreSQL's jsonb refuses: NUL characters and halves of surrogate pairs. */
export function holdsUnstorableText({
  spec,
  labels,
  annotations,
  directories,
}: Pick<DeclaredObject, 'spec' | 'labels' | 'annotations' | 'directories'>): boolean {
  const json = JSON.stringify([spec, labels, annotations, directories]);
  // JSON.stringify escapes exactly these two that way; an even number of backslashes before is text of the author.
  return /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(json);
}
