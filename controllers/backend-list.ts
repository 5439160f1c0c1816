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
  readonly byWorkspace: ReadonlyMap<string, readonly SeenInstance[]>;
  readonly size: number;
  /** Workspaces that were listed again since, alone, and when that list began. */
  readonly parts: ReadonlyMap<string, Date>;
}

export function toBackendList({
  backend,
  instances,
  ...times
}: Pick<BackendList, 'startedAt' | 'endedAt'> & {
  readonly backend: string;
  readonly instances: readonly Instance[];
}): BackendList {
  const seen = instances.map((instance) => ({ backend, instance }));
  const byWorkspace = Map.groupBy(seen, ({ instance }) => instance.marks.workspaceUid);
  return { ...times, byWorkspace, size: instances.length, parts: NO_PARTS };
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

/** The workspaces, of `uids` or of all, about whose instances two lists say different things. */
export function changedWorkspaces(
  before: BackendList,
  after: BackendList,
  uids: Iterable<string> = new Set([...before.byWorkspace.keys(), ...after.byWorkspace.keys()]),
): readonly string[] {
  return [...uids].filter(
    (uid) => fingerprint(before.byWorkspace.get(uid)) !== fingerprint(after.byWorkspace.get(uid)),
  );
}

function fingerprint(seen: readonly SeenInstance[] | undefined): string {
  return (seen ?? [])
    .map(({ instance: { id, state, url, configHash, exit } }) =>
      [id, state, url, configHash, exit?.at.getTime()].join(' '),
    )
    .sort()
    .join('\n');
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
