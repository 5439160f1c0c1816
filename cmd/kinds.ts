import { KINDS, type KindInfo } from '../api/objects.ts';
import type { ObjectReference } from '../server/contract.ts';
import { usageError } from './cli-error.ts';

/** `wsp`, `workspace`, `workspaces` and `Workspace` are all Workspaces; undefined when it is no kind. */
export function findKind(word: string): KindInfo | undefined {
  const lower = word.toLowerCase();
  return KINDS.find(({ plural, singular, shortName }) =>
    [plural, singular, shortName].includes(lower),
  );
}

/** Throws a usage error that lists what there is. */
export function getKind(word: string): KindInfo {
  const kind = findKind(word);
  if (kind === undefined) {
    const known = KINDS.map(({ plural, shortName }) => `${plural} (${shortName})`).join(', ');
    throw usageError(`there is no kind "${word}": use one of ${known}, all`);
  }
  return kind;
}

/** One object that the user named. */
export interface Target {
  readonly kind: KindInfo;
  readonly name: string;
}

const WORKSPACE = getKind('workspace');

/** `ada`, `workspace/ada` and `wspc/local`; without a kind it is a workspace. */
export function parseTarget(word: string): Target {
  const slash = word.indexOf('/');
  return slash < 0
    ? { kind: WORKSPACE, name: word }
    : { kind: getKind(word.slice(0, slash)), name: nameOf(word, slash) };
}

/** For verbs that work on workspaces only. Throws a usage error for another kind. */
export function parseWorkspace(word: string): string {
  const { kind, name } = parseTarget(word);
  if (kind.kind !== 'Workspace') {
    throw usageError(`${word} is no workspace: this verb works on workspaces only`);
  }
  return name;
}

/** Names or `KIND/NAME`s, or one kind and then names: as kubectl reads them. */
export function parseTargets(words: readonly string[]): Target[] {
  const [first = '', ...names] = words;
  const kind = findKind(first);
  return kind !== undefined && names.length > 0 && !names.some((name) => name.includes('/'))
    ? names.map((name) => ({ kind, name }))
    : words.map(parseTarget);
}

function nameOf(word: string, slash: number): string {
  const name = word.slice(slash + 1);
  if (name === '' || name.includes('/')) {
    throw usageError(`"${word}" is no KIND/NAME`);
  }
  return name;
}

/** `workspace default/ada`, for messages. */
export function describeObject({ kind, name }: Target, namespace: string): string {
  return kind.scope === 'Cluster'
    ? `${kind.singular} ${name}`
    : `${kind.singular} ${namespace}/${name}`;
}

/** `workspace/ada`, for results. */
export function shortReference({ kind, name }: Pick<ObjectReference, 'kind' | 'name'>): string {
  return `${kind.toLowerCase()}/${name}`;
}
