import type { Instance } from '../backends/backend.ts';

/** One complete list of one backend. */
export interface BackendList {
  /** When the list call began: what happened later may be missing. */
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly byWorkspace: ReadonlyMap<string, readonly Instance[]>;
  readonly size: number;
}

export function toBackendList({
  instances,
  ...times
}: Pick<BackendList, 'startedAt' | 'endedAt'> & {
  readonly instances: readonly Instance[];
}): BackendList {
  const byWorkspace = Map.groupBy(instances, ({ marks }) => marks.workspaceUid);
  return { ...times, byWorkspace, size: instances.length };
}

/** The workspaces about whose instances two lists say different things. */
export function changedWorkspaces(before: BackendList, after: BackendList): readonly string[] {
  const appearedOrChanged = [...after.byWorkspace].filter(
    ([uid, instances]) => fingerprint(before.byWorkspace.get(uid)) !== fingerprint(instances),
  );
  const vanished = [...before.byWorkspace.keys()].filter((uid) => !after.byWorkspace.has(uid));
  return [...appearedOrChanged.map(([uid]) => uid), ...vanished];
}

function fingerprint(instances: readonly Instance[] | undefined): string {
  return (instances ?? [])
    .map(({ id, state, url, configHash, exit }) =>
      [id, state, url, configHash, exit?.at.getTime()].join(' '),
    )
    .sort()
    .join('\n');
}
