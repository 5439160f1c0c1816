import type { Db } from '../../store/db.ts';
import { listEarlierSiblings, type RolloutFacts } from '../../store/rollouts.ts';
import { failureOf, takesPlace, type RolloutMember } from '../../api/rollout.ts';
import type { Hold, RolloutAsker } from './rollout-standing.ts';

/** How far another workspace is with its own change, by the same look and the same plan as its own pass. */
export interface Progress extends RolloutAsker {
  readonly name: string;
  /** It runs something else than what is wanted, and its next step would be to take it down. */
  readonly isDue: boolean;
  /** It can be brought back: accepted, wanted, and seen. */
  readonly canComeBack: boolean;
}

/** One that goes down for a change, and where it stands in its tree. */
export interface Disruption extends RolloutAsker {
  readonly namespace: string;
  readonly name: string;
  /** Uids, from the parent upwards. */
  readonly ancestors: readonly string[];
  /** Undefined when there is no such workspace. */
  readonly progressOf: (uid: string) => Promise<Progress | undefined>;
}

/** Who comes first, and what is said of it. */
export interface Predecessor {
  readonly uid: string;
  readonly hold: Hold;
}

export interface OrderOptions {
  readonly db: Db;
  /** Who may be due beside those that are known to wait: everybody that is about to be looked at. */
  readonly candidates: () => readonly string[];
  /** Whether its own scope lets it go down; undefined: yes. */
  readonly holdOf: (progress: Progress) => Promise<Hold | undefined>;
}

/**
 * The one that comes before this one, if any: an ancestor of the same class or Org that is due or down for its change, from the root
 * downwards; then a sibling of the same class that is due, by name. Nobody who cannot go down, or cannot come back, holds another up.
 */
export async function findPredecessor(
  disruption: Disruption,
  facts: RolloutFacts,
  options: OrderOptions,
): Promise<Predecessor | undefined> {
  return (
    (await findAncestor(disruption, facts, options)) ?? (await findSibling(disruption, options))
  );
}

async function findAncestor(
  disruption: Disruption,
  facts: RolloutFacts,
  options: OrderOptions,
): Promise<Predecessor | undefined> {
  const down = facts.members.filter((member) => isToComeBack(member, facts.now));
  for (const uid of disruption.ancestors.toReversed()) {
    const progress = await disruption.progressOf(uid);
    const isDown = down.some((one) => one.uid === uid) && progress?.canComeBack === true;
    if (
      progress !== undefined &&
      sharesBudget(progress, disruption) &&
      (isDown || (await isAhead(progress, ['Full', 'Order'], options)))
    ) {
      const message = `its change waits for its ancestor "${progress.name}", which comes first`;
      return { uid, hold: { kind: 'Order', message } };
    }
  }
  return undefined;
}

/** It was taken down for a change. One that had failed before is not waited for longer than it has time. */
function isToComeBack(member: RolloutMember, now: Date): boolean {
  const isHopeless = member.mark?.wasUnwell === true && failureOf(member, now) !== undefined;
  return member.mark !== null && takesPlace(member, now) && !isHopeless;
}

async function findSibling(
  { uid, className, progressOf }: Disruption,
  options: OrderOptions,
): Promise<Predecessor | undefined> {
  const { db, candidates } = options;
  for (const sibling of await listEarlierSiblings(db, {
    uid,
    className,
    candidates: candidates(),
  })) {
    const progress = await progressOf(sibling);
    if (progress?.className === className && (await isAhead(progress, [], options))) {
      const message = 'its change waits for its turn';
      return { uid: sibling, hold: { kind: 'Order', message } };
    }
  }
  return undefined;
}

/** It is due, and is not held but for these reasons: an ancestor waits for its place, a sibling that has none is overtaken. */
async function isAhead(
  progress: Progress,
  kinds: readonly Hold['kind'][],
  { holdOf }: OrderOptions,
): Promise<boolean> {
  if (!progress.isDue) {
    return false;
  }
  const hold = await holdOf(progress);
  return hold === undefined || kinds.includes(hold.kind);
}

/** They are in one rollout; what shares neither is somebody else's. */
function sharesBudget(one: RolloutAsker, another: RolloutAsker): boolean {
  return (
    one.className === another.className ||
    (one.ownerUid !== undefined && one.ownerUid === another.ownerUid)
  );
}
