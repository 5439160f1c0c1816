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
  return { ...times, byWorkspace, size: instances.length };
}

/** The workspaces about whose instances two lists say different things. */
export function changedWorkspaces(before: BackendList, after: BackendList): readonly string[] {
  const appearedOrChanged = [...after.byWorkspace].filter(
    ([uid, seen]) => fingerprint(before.byWorkspace.get(uid)) !== fingerprint(seen),
  );
  const vanished = [...before.byWorkspace.keys()].filter((uid) => !after.byWorkspace.has(uid));
  return [...appearedOrChanged.map(([uid]) => uid), ...vanished];
}

function fingerprint(seen: readonly SeenInstance[] | undefined): string {
  return (seen ?? [])
    .map(({ instance: { id, state, url, configHash, exit } }) =>
      [id, state, url, configHash, exit?.at.getTime()].join(' '),
    )
    .sort()
    .join('\n');
}
