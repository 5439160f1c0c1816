import { isLive, type Ec2Instance, type Tags } from './instance.ts';

export interface HistoryEntry {
  readonly at: Date;
  readonly event: 'launched' | 'started' | 'stopped' | 'terminated';
  readonly instanceId: string;
  /** The access key that asked for it; '' for what the machine did by itself. */
  readonly by: string;
}

/** Several live instances that belong to one workspace. */
export interface Duplicate {
  readonly installation: string;
  readonly workspaceUid: string;
  readonly instanceIds: readonly string[];
}

/** What was done to instances, in order, and whether there ever were two for one owner. */
export class History {
  readonly entries: HistoryEntry[] = [];
  /** Noticed at the launch that made it one; stays when one of them ends. */
  readonly duplicates: (Duplicate & { readonly at: Date })[] = [];
  readonly #byOwner = new Map<string, Ec2Instance[]>();

  add(
    event: HistoryEntry['event'],
    { id }: Ec2Instance,
    { at, by }: { at: number; by: string },
  ): void {
    this.entries.push({ at: new Date(at), event, instanceId: id, by });
  }

  /** The same for a launch, which is held against what else is alive. */
  addLaunch(instance: Ec2Instance): void {
    const { launchedAt: at, launchedBy: by } = instance;
    this.add('launched', instance, { at, by });
    const owner = ownerOf(instance.tags.current);
    if (owner === undefined) {
      return;
    }
    const live = [...(this.#byOwner.get(owner.key) ?? []).filter(isLive), instance];
    this.#byOwner.set(owner.key, live);
    if (live.length > 1) {
      this.duplicates.push({ ...toDuplicate(owner, live), at: new Date(at) });
    }
  }
}

/** Owners with several live instances now, by the tags that they carry now. */
export function findDuplicates(instances: readonly Ec2Instance[]): readonly Duplicate[] {
  const owned = instances.filter(isLive).flatMap((instance) => {
    const owner = ownerOf(instance.tags.current);
    return owner === undefined ? [] : [{ instance, owner }];
  });
  return [...Map.groupBy(owned, ({ owner }) => owner.key).values()]
    .filter((group) => group.length > 1)
    .map((group) =>
      toDuplicate(
        (group[0] as { owner: Owner }).owner,
        group.map(({ instance }) => instance),
      ),
    );
}

interface Owner {
  readonly key: string;
  readonly installation: string;
  readonly workspaceUid: string;
}

function ownerOf(tags: Tags): Owner | undefined {
  const installation = tags['treeline.dev/installation'];
  const workspaceUid = tags['treeline.dev/workspace-uid'];
  return installation === undefined || workspaceUid === undefined
    ? undefined
    : { key: `${installation}|${workspaceUid}`, installation, workspaceUid };
}

function toDuplicate(
  { installation, workspaceUid }: Owner,
  instances: readonly Ec2Instance[],
): Duplicate {
  return { installation, workspaceUid, instanceIds: instances.map(({ id }) => id) };
}
