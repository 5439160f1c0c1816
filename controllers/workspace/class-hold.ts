import type { ClassHold } from '../../api/class-status.ts';
import { QuotaExceededError, UnauthorizedError, type ReconcileError } from '../../lib/errors.ts';
import type { ClassView, WorkspaceView } from '../../store/workspace-view.ts';

/** First wait for the next probe of a quota, and the longest one (ec2.md, "Errors"). */
const FIRST_QUOTA_SECONDS = 60;
const LONGEST_QUOTA_SECONDS = 600;
/** Between two probes of refused access: a person has to act (ec2.md, "Errors"). */
const ACCESS_SECONDS = 300;

/** Also when room appears, a held class is probed no more often than this. */
export const LEAST_PROBE_SECONDS = FIRST_QUOTA_SECONDS;

/** The hold that counts for this generation of a class. */
export function currentHold({ generation, status }: ClassView): ClassHold | undefined {
  return status.hold?.generation === generation ? status.hold : undefined;
}

/**
 * The class that the next call is about: that of the pending launch, which is sent as it was stored, else the one that the
 * workspace means. Undefined when the pending launch is of a class that it does not mean any more.
 */
export function launchingClassOf({
  classes,
  launches,
}: Pick<WorkspaceView, 'classes' | 'launches'>): ClassView | undefined {
  const pending = launches.find(({ state }) => state === 'pending');
  return classes.find(({ name }) => pending === undefined || name === pending.className);
}

/** What the plan has to know of the hold of `launchingClassOf` a workspace: nothing once a probe is due. */
export function holdOf(view: Pick<WorkspaceView, 'classes' | 'launches' | 'now'>): {
  readonly holdSeconds?: number;
} {
  const { now } = view;
  const workspaceClass = launchingClassOf(view);
  const hold = workspaceClass && currentHold(workspaceClass);
  const seconds = hold === undefined ? 0 : (Date.parse(hold.until) - now.getTime()) / 1000;
  return seconds > 0 ? { holdSeconds: seconds } : {};
}

/** Whether a refusal is one of the account, so that it would meet every other workspace of the class as well. */
export function isOfTheClass(error: unknown): error is ReconcileError {
  return error instanceof QuotaExceededError || error instanceof UnauthorizedError;
}

/** The hold after a refusal, on the clock of `now`. */
export function holdAfter(error: ReconcileError, workspaceClass: ClassView, now: Date): ClassHold {
  const before = currentHold(workspaceClass);
  const count = (before?.count ?? 0) + 1;
  const isQuota = error instanceof QuotaExceededError;
  return {
    reason: isQuota ? 'VcpuLimitExceeded' : 'Unauthorized',
    message: error.message,
    since: before?.since ?? now.toISOString(),
    until: later(now, isQuota ? quotaSeconds(count) : ACCESS_SECONDS),
    lastProbeAt: now.toISOString(),
    count,
    generation: workspaceClass.generation,
  };
}

/** The hold while one workspace probes: nobody else does until the answer, or the longest wait for one, has passed. */
export function holdWhileProbing(hold: ClassHold, now: Date): ClassHold {
  return {
    ...hold,
    lastProbeAt: now.toISOString(),
    until: later(now, FIRST_QUOTA_SECONDS),
  };
}

function quotaSeconds(count: number): number {
  return Math.min(FIRST_QUOTA_SECONDS * 2 ** (count - 1), LONGEST_QUOTA_SECONDS);
}

function later(now: Date, seconds: number): string {
  return new Date(now.getTime() + seconds * 1000).toISOString();
}
