import type { HistoryEntry } from '../../../fakes/ec2/model/history.ts';
import type { InstanceSnapshot } from '../../../fakes/ec2/snapshot.ts';
import { isPausedIn } from './family.ts';
import type { SystemUnderTest } from './system-under-test.ts';
import type { WishHistory } from './wish-history.ts';

/** What is wrong with an account at rest, and what went wrong on the way. All of them 0: every promise was kept. */
export interface Verdict {
  /** Live instances beyond the one that a workspace should have. */
  readonly duplicates: number;
  /** Launches that gave a workspace a second live instance, however short. */
  readonly duplicatesEver: number;
  /** Live instances that nobody wants, and volumes that belong to no instance. */
  readonly leaks: number;
  /** Workspaces without the instance that they should have, or whose instance runs or stands when it should not. */
  readonly missing: number;
  /** Ended although wanted all the while, and the only one; or somebody else's. */
  readonly wrongTerminations: number;
}

export interface Played {
  readonly system: Pick<SystemUnderTest, 'fake' | 'caller'>;
  readonly wishes: WishHistory;
  /** An instance of somebody else that looks much like ours. */
  readonly foreignId: string;
  /** Every instance there ever was: EC2 forgets. */
  readonly known: ReadonlyMap<string, InstanceSnapshot>;
}

export function judge(played: Played): Verdict {
  const { system, wishes } = played;
  const live = system.fake
    .instances()
    .filter((one) => one.launchedBy === system.caller && one.state !== 'terminated');
  const byName = Map.groupBy(live, nameOf);
  const wanted = [...wishes.now.keys()];
  return {
    duplicates: [...byName.values()].reduce((sum, group) => sum + group.length - 1, 0),
    duplicatesEver: system.fake.duplicatesEver.length,
    leaks: live.filter((one) => !wishes.now.has(nameOf(one))).length + looseVolumes(played),
    missing: wanted.filter((name) => !isAsWished(byName.get(name), isPausedIn(wishes.now, name)))
      .length,
    wrongTerminations: wrongTerminations(played),
  };
}

/** One that was paused before it was ever launched needs no instance. */
function isAsWished(found: readonly InstanceSnapshot[] = [], isPaused: boolean): boolean {
  return isPaused
    ? found.every(({ state }) => state === 'stopped')
    : found.some(({ state }) => state === 'running');
}

function looseVolumes({ system: { fake } }: Played): number {
  return fake.volumes().filter(({ instanceId }) => instanceId === undefined).length;
}

function wrongTerminations(played: Played): number {
  const { system, foreignId } = played;
  const ours = system.fake.history.filter(({ by }) => by === system.caller);
  const ended = ours.filter(({ event }) => event === 'terminated');
  return (
    ended.filter((one) => isWrong(one, played)).length +
    ours.filter(({ instanceId }) => instanceId === foreignId).length
  );
}

function isWrong({ instanceId, at }: HistoryEntry, { wishes, known, system }: Played): boolean {
  const instance = known.get(instanceId);
  if (instance?.launchedBy !== system.caller) {
    return false;
  }
  const name = nameOf(instance);
  const others = [...known.values()].filter(
    (one) => one.launchedBy === system.caller && nameOf(one) === name && one !== instance,
  );
  const isLastOne = others.every((one) => !wasLive(one, at, system.fake.history));
  return isLastOne && wishes.isWantedThroughout(name, askedAt(instance, system), at);
}

/**
 * When its launch was first asked for: a call that takes effect late makes an instance for what was wanted then, and one that
 * was declared again meanwhile gets another.
 */
function askedAt({ token, launchedAt }: InstanceSnapshot, { fake }: Played['system']): Date {
  const times = fake.recorder
    .calls('RunInstances')
    .filter(({ parameters }) => parameters['ClientToken'] === token)
    .map(({ arrivedAt }) => arrivedAt.getTime());
  return times.length === 0 ? launchedAt : new Date(Math.min(...times));
}

function wasLive(
  { id, launchedAt }: InstanceSnapshot,
  at: Date,
  history: readonly HistoryEntry[],
): boolean {
  const isEnded = history.some(
    (one) => one.instanceId === id && one.event === 'terminated' && one.at <= at,
  );
  return launchedAt <= at && !isEnded;
}

function nameOf({ tags }: InstanceSnapshot): string {
  return tags['treeline.dev/name'] ?? '';
}
