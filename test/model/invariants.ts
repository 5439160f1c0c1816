import type { Setting } from './setting.ts';
import { isWantedLaunch } from './wanted.ts';
import { instanceOf, type ProviderInstance, type TerminateReason, type World } from './world.ts';

/**
 * Invariant 1: at most one instance that is not terminated, as long as the provider keeps its promise and the database
 * is not lost. Otherwise only rest counts, see `rest.ts`. An agent elsewhere that would be heard counts as one.
 */
export function tooManyViolation(
  { provider, database, budget }: World,
  { settle, hidesFor }: Setting,
): string | undefined {
  const here = provider.instances.filter(
    ({ state, origin }) => origin === 'ours' && state !== 'terminated',
  );
  const live = here.length + ((database.record?.externalAttempt ?? 0) > 0 ? 1 : 0);
  return live > 1 && !budget.wasDatabaseLost && hidesFor <= settle
    ? `${live} live instances for one workspace`
    : undefined;
}

/**
 * Invariants 2 and 3, at the moment a terminate takes effect: the workspace does not want this instance, and the
 * collector has a closed row that names it. What was decided before the database was lost is excused, and so is what a
 * person approved, if it was still nobody's when the collector looked again.
 */
export function terminateViolation(
  { database }: World,
  instance: ProviderInstance,
  why: TerminateReason,
): string | undefined {
  if (why === 'approved' || why === 'excused' || instance.state === 'terminated') {
    return undefined;
  }
  const foreign = why === 'unchecked' ? undefined : touchViolation(instance);
  if (foreign !== undefined) {
    return foreign;
  }
  if (isWantedLaunch(database, instance)) {
    return `i${instance.id} is terminated although it is wanted`;
  }
  const isProven = database.rows.some(
    ({ state, token }) => state === 'closed' && token === instance.token,
  );
  return why === 'garbage' && !isProven
    ? `i${instance.id} is collected without a closed row`
    : undefined;
}

/** Invariant 3: what is not ours, or carries copied marks, is never touched. */
export function touchViolation({ id, origin }: ProviderInstance): string | undefined {
  return origin === 'ours' ? undefined : `i${id} is touched, and it is not ours`;
}

/** Invariants 4 and 5: a call for an attempt that is closed makes nothing. After a lost database nobody can know. */
export function createdViolation(
  { database, budget }: World,
  { attempt, token }: { readonly attempt: number; readonly token: number },
): string | undefined {
  const row = database.rows.find((one) => one.attempt === attempt);
  const isClosed = row?.state === 'closed' && row.token === token && !budget.wasDatabaseLost;
  return isClosed ? `an instance is made for attempt ${attempt}, which is closed` : undefined;
}

/** Invariant 6: what a workspace wants is not reported as unclaimed. A person may approve the deletion of what is. */
export function falseReportViolation(
  { database, provider }: World,
  reported: readonly number[],
): string | undefined {
  const wanted = reported.find((id) => isWantedLaunch(database, instanceOf(provider, id)));
  return wanted === undefined ? undefined : `i${wanted} is reported as unclaimed, and it is wanted`;
}
