import type { WorkspaceStatus } from './conditions.ts';

/** That a workspace was taken down for a change; stands in its status. */
export type RolloutMark = NonNullable<WorkspaceStatus['rollout']>;

/** What people said of the rollouts of a class or an Org; times as ISO 8601, on the database's clock. */
export interface RolloutWord {
  /** Nobody is taken down for a change since. */
  readonly pausedAt?: string;
  readonly pausedBy?: string;
  /** Failures up to here are accepted. */
  readonly resumedAt?: string;
  readonly resumedBy?: string;
}

/** One that is down, or was and has failed, as its status says (docs/adr/0007). */
export interface RolloutMember {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly className: string;
  /** The Org that generated it. */
  readonly ownerUid: string | null;
  readonly isReady: boolean;
  /** Since when it is Ready, or not; on the database's clock. */
  readonly readySince: Date;
  /** It fails whatever a rollout does: it never came up, or ended by itself. */
  readonly isFailing: boolean;
  readonly mark: RolloutMark | null;
  /** Failures up to here are known to a person, who wants to go on. */
  readonly acceptedAt: Date | null;
}

/** Why a workspace did not come back, and since when. */
export interface RolloutFailure {
  readonly at: Date;
  readonly reason: string;
}

/** How many of a class may be down for a change when the class does not say (design §3). */
export const DEFAULT_MAX_UNAVAILABLE = 1;

/**
 * Seconds for which one that had failed has to be Ready before it counts as back: the first wait of a crash loop, in which an
 * agent is Ready for a moment again and again.
 */
const PROVEN_AFTER_SECONDS = 10;

/** The failure of a member, whoever is to blame for it; undefined while it may still come back. Pure. */
export function failureOf(member: RolloutMember, now: Date): RolloutFailure | undefined {
  const { mark, isReady, isFailing, readySince } = member;
  if (mark?.failure !== undefined) {
    return { at: new Date(mark.failure.at), reason: mark.failure.reason };
  }
  if (mark !== null && !isReady && now > new Date(mark.deadline)) {
    return { at: new Date(mark.deadline), reason: 'ProvisionTimeout' };
  }
  return mark === null && !isReady && isFailing
    ? { at: readySince, reason: 'NotReady' }
    : undefined;
}

/** Whether it counts among those that may be down at a time: not one whose failure a person has accepted. Pure. */
export function takesPlace(member: RolloutMember, now: Date): boolean {
  return !member.isReady && !isAccepted(failureOf(member, now), member);
}

/**
 * The failure that keeps the others of its class from being taken down; undefined when there is none, when it had failed
 * before already, or when a person has accepted it. Pure.
 */
export function stoppingFailure(member: RolloutMember, now: Date): RolloutFailure | undefined {
  const isItsOwn = member.mark === null || member.mark.wasUnwell === true;
  const failure = failureOf(member, now);
  const isOver = isItsOwn || secondsUntilProven(member, now) === 0 || isAccepted(failure, member);
  return isOver ? undefined : failure;
}

/** 0 for one that is Ready for long enough; undefined for one that is not Ready. Pure. */
export function secondsUntilProven(
  { isReady, readySince }: Pick<RolloutMember, 'isReady' | 'readySince'>,
  now: Date,
): number | undefined {
  const readySeconds = (now.getTime() - readySince.getTime()) / 1000;
  return isReady ? Math.max(PROVEN_AFTER_SECONDS - readySeconds, 0) : undefined;
}

function isAccepted(
  failure: RolloutFailure | undefined,
  { acceptedAt }: Pick<RolloutMember, 'acceptedAt'>,
): boolean {
  return failure !== undefined && acceptedAt !== null && failure.at <= acceptedAt;
}
