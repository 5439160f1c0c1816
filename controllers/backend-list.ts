import { isDeepStrictEqual } from 'node:util';
import type { Instance } from '../backends/backend.ts';

/** An instance and the key of the backend that showed it. */
export interface SeenInstance {
  readonly backend: string;
  readonly instance: Instance;
}

/** One complete list of one backend. */
export interface BackendList {
  /** When the list call began: what happened later may be missing. */
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** As they were listed. */
  readonly instances: readonly Instance[];
  readonly byWorkspace: ReadonlyMap<string, readonly SeenInstance[]>;
  /** Workspaces that were listed again since, alone, and when that list began. */
  readonly parts: ReadonlyMap<string, Date>;
}

/**
 * A list that says what the one before says, in the same order, shares all of it: what is made anew of thousands of instances
 * every other second lives just long enough to be dear to collect.
 */
export function toBackendList(
  {
    backend,
    instances,
    ...times
  }: Pick<BackendList, 'startedAt' | 'endedAt' | 'instances'> & { readonly backend: string },
  before?: BackendList,
): BackendList {
  return before?.parts.size === 0 && isSameList(before.instances, instances)
    ? { ...before, ...times }
    : { ...times, instances, byWorkspace: group(backend, instances), parts: NO_PARTS };
}

function isSameList(before: readonly Instance[], after: readonly Instance[]): boolean {
  return (
    before.length === after.length &&
    after.every((one, at) => one === before[at] || isDeepStrictEqual(one, before[at]))
  );
}

function group(
  backend: string,
  instances: readonly Instance[],
): ReadonlyMap<string, readonly SeenInstance[]> {
  const seen = instances.map((instance) => ({ backend, instance }));
  return Map.groupBy(seen, ({ instance }) => instance.marks.workspaceUid);
}

const NO_PARTS: ReadonlyMap<string, Date> = new Map();

/** The list with what a younger list of a few workspaces says of these. */
export function withPart(
  list: BackendList,
  {
    backend,
    uids,
    startedAt,
    instances,
  }: {
    readonly backend: string;
    readonly uids: readonly string[];
    readonly startedAt: Date;
    readonly instances: readonly Instance[];
  },
): BackendList {
  const seen = Map.groupBy(instances, ({ marks }) => marks.workspaceUid);
  const byWorkspace = new Map(list.byWorkspace);
  for (const uid of uids) {
    const own = seen.get(uid)?.map((instance) => ({ backend, instance }));
    if (own === undefined) {
      byWorkspace.delete(uid);
    } else {
      byWorkspace.set(uid, own);
    }
  }
  const parts = new Map([...list.parts, ...uids.map((uid) => [uid, startedAt] as const)]);
  return { ...list, byWorkspace, parts };
}

const ON_THEIR_WAY: ReadonlySet<Instance['state']> = new Set([
  'pending',
  'stopping',
  'terminating',
]);

/** It will be in another state soon, by itself. */
export function isOnItsWay({ instance }: SeenInstance): boolean {
  return ON_THEIR_WAY.has(instance.state);
}

/** The workspaces about whose instances two lists say different things. */
export function changedWorkspaces(before: BackendList, after: BackendList): readonly string[] {
  if (before.byWorkspace === after.byWorkspace) {
    return [];
  }
  const gone = [...before.byWorkspace.keys()].filter((uid) => !after.byWorkspace.has(uid));
  return [...changedAmong(after.byWorkspace.keys(), before, after), ...gone];
}

/** The same of these workspaces alone. */
export function changedAmong(
  uids: Iterable<string>,
  before: BackendList,
  after: BackendList,
): readonly string[] {
  const changed: string[] = [];
  for (const uid of uids) {
    if (!isSame(before.byWorkspace.get(uid), after.byWorkspace.get(uid))) {
      changed.push(uid);
    }
  }
  return changed;
}

/** Called for every workspace at every list, so it makes no texts to compare: they were a fifth of what a controller allocated. */
function isSame(before = NOTHING_SEEN, after = NOTHING_SEEN): boolean {
  return (
    before.length === after.length &&
    after.every(({ instance }) => before.some((old) => saysTheSame(old.instance, instance)))
  );
}

function saysTheSame(a: Instance, b: Instance): boolean {
  return (
    a.id === b.id &&
    a.state === b.state &&
    a.url === b.url &&
    a.configHash === b.configHash &&
    a.exit?.at.getTime() === b.exit?.at.getTime()
  );
}

/** When the list that counts for one workspace began. */
export function listedAt({ startedAt, parts }: BackendList, uid: string): Date {
  return parts.get(uid) ?? startedAt;
}

/** What the lists of all backends show of one workspace. */
export function seenOf(
  lists: readonly (BackendList | undefined)[],
  uid: string,
): readonly SeenInstance[] {
  let seen = NOTHING_SEEN;
  for (const list of lists) {
    const more = list?.byWorkspace.get(uid) ?? NOTHING_SEEN;
    seen = seen.length === 0 ? more : [...seen, ...more];
  }
  return seen;
}

const NOTHING_SEEN: readonly SeenInstance[] = [];
