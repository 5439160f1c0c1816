import {
  secondsUntilProven,
  stoppingFailure,
  takesPlace,
  type RolloutMember,
  type RolloutWord,
} from '../../api/rollout.ts';
import type { RolloutFacts } from '../../store/rollouts.ts';

/** Who asks whether it may be taken down, and within which budgets. */
export interface RolloutAsker {
  readonly uid: string;
  readonly className: string;
  readonly ownerUid: string | undefined;
  /** How many of the class may be down at a time. */
  readonly maxUnavailable: number;
}

/** Why an agent is not taken down for its change now. */
export interface Hold {
  /** `Order`: another one comes first. */
  readonly kind: 'Paused' | 'Stopped' | 'Full' | 'Order';
  /** What its condition says. */
  readonly message: string;
  /** When time alone makes another look worth it. */
  readonly afterSeconds?: number;
}

/** What the scope of a workspace says about taking it down: undefined when there is a place for it. Pure. */
export function holdOf(facts: RolloutFacts, asker: RolloutAsker): Hold | undefined {
  // Whoever has taken its place before goes on: its failure may be what its change mends.
  const others = facts.members.filter(({ uid }) => uid !== asker.uid);
  const ofClass = others.filter(({ className }) => className === asker.className);
  const ofOrg = others.filter(({ ownerUid }) => ownerUid !== null && ownerUid === asker.ownerUid);
  return (
    pauseOf(`class "${asker.className}"`, facts.classWord) ??
    (facts.org && pauseOf(`org "${facts.org.namespace}/${facts.org.name}"`, facts.org.word)) ??
    stopOf(ofClass, asker, facts.now) ??
    fullOf('class', countPlaces(ofClass, facts.now), asker.maxUnavailable) ??
    fullOf('org', countPlaces(ofOrg, facts.now), facts.org?.maxUnavailable)
  );
}

function pauseOf(what: string, { pausedAt, pausedBy = '' }: RolloutWord): Hold | undefined {
  return pausedAt === undefined
    ? undefined
    : {
        kind: 'Paused',
        message: `its change waits: rollouts of ${what} are paused by ${pausedBy}`,
      };
}

function stopOf(
  members: readonly RolloutMember[],
  { className }: RolloutAsker,
  now: Date,
): Hold | undefined {
  const failed = members.find((member) => stoppingFailure(member, now) !== undefined);
  if (failed === undefined) {
    return undefined;
  }
  const afterSeconds = secondsUntilProven(failed, now);
  const why = `${failed.namespace}/${failed.name} did not come back (${stoppingFailure(failed, now)?.reason ?? ''})`;
  return {
    kind: 'Stopped',
    message: `its change waits: the rollout of class "${className}" is stopped, because ${why}`,
    ...(afterSeconds !== undefined && { afterSeconds }),
  };
}

function countPlaces(members: readonly RolloutMember[], now: Date): number {
  return members.filter((member) => takesPlace(member, now)).length;
}

/** `most` undefined: it sets no limit. */
function fullOf(what: string, places: number, most = Infinity): Hold | undefined {
  return places < most
    ? undefined
    : { kind: 'Full', message: `its change waits until others of its ${what} are ready again` };
}
