import { ANNOTATION } from '../../api/labels.ts';
import type { WorkspaceFailures } from '../../store/workspace-facts.ts';
import type { WorkspaceRecord } from '../../store/workspace-view.ts';

/** First wait after an instance ended by itself or a launch was refused (design §5). */
const FIRST_RETRY_SECONDS = 10;
/** The same when no offering of a class has room; that comes back in minutes (ec2.md, "Errors"). */
const FIRST_CAPACITY_RETRY_SECONDS = 30;
/** Longest wait (design §5). */
const LAST_RETRY_SECONDS = 300;
/** An instance that has run this long is well again; twice the longest wait, so a slow crash loop still counts. */
export const HEALTHY_AFTER_SECONDS = 600;

type FailureSource = Pick<WorkspaceRecord, 'generation' | 'requests' | 'annotations' | 'failures'>;

/** The failures that still count: a new generation or a request to reconcile starts afresh. */
export function currentFailures(record: FailureSource): WorkspaceFailures | undefined {
  const { failures } = record;
  return failures?.generation === record.generation &&
    failures.reconcileRequestedAt === reconcileRequest(record)
    ? failures
    : undefined;
}

/** One failure more, to be stored. */
export function addFailure(record: FailureSource, failure: Failure): WorkspaceFailures {
  const request = reconcileRequest(record);
  const exit = failure.exit ?? record.failures?.exit;
  return {
    ...countsWith(failure, currentFailures(record)),
    lastReason: failure.reason,
    lastMessage: failure.message,
    lastAt: failure.at.toISOString(),
    generation: record.generation,
    ...(request !== undefined && { reconcileRequestedAt: request }),
    ...(exit !== undefined && { exit }),
    ...(failure.stuckInputsHash !== undefined && { stuckInputsHash: failure.stuckInputsHash }),
  };
}

/** What went wrong, and what is kept of it. */
interface Failure {
  readonly reason: string;
  readonly message: string;
  readonly at: Date;
  readonly exit?: NonNullable<WorkspaceFailures['exit']>;
  readonly stuckInputsHash?: string;
}

/** Time-outs count by themselves: only those in a row exhaust. */
function countsWith({ reason }: Failure, before: WorkspaceFailures | undefined) {
  return {
    count: (before?.count ?? 0) + 1,
    ...(reason === 'ProvisionTimeout' && { timeOuts: (before?.timeOuts ?? 0) + 1 }),
  };
}

/** When the next try is due: 10 s doubling to 5 min. A first lost instance is replaced at once. */
export function nextAttemptAt({ count, lastReason, lastAt }: WorkspaceFailures): Date {
  const isFirstLoss = lastReason === 'InstanceLost' && count === 1;
  const seconds = isFirstLoss
    ? 0
    : Math.min(firstRetrySeconds(lastReason) * 2 ** (count - 1), LAST_RETRY_SECONDS);
  return new Date(Date.parse(lastAt) + seconds * 1000);
}

function firstRetrySeconds(reason: string): number {
  return reason === 'InsufficientCapacity' ? FIRST_CAPACITY_RETRY_SECONDS : FIRST_RETRY_SECONDS;
}

/** Whether the provider has refused just these inputs for good; another class, another spec or a request to reconcile clears it. */
export function isStuck(record: FailureSource, inputsHash: string): boolean {
  return currentFailures(record)?.stuckInputsHash === inputsHash;
}

/** After so many launches in a row whose agent never registered nothing moves until a person looks (design §5). */
const MOST_TIME_OUTS = 5;

/** Whether it timed out too often in a row; a new generation or a request to reconcile clears it. */
export function isExhausted(record: FailureSource): boolean {
  return (currentFailures(record)?.timeOuts ?? 0) >= MOST_TIME_OUTS;
}

/** The last request to reconcile, from the API or an annotation. */
export function reconcileRequest({
  requests,
  annotations,
}: Pick<FailureSource, 'requests' | 'annotations'>): string | undefined {
  const parts = [requests.reconcileRequestedAt, annotations[ANNOTATION.reconcileRequestedAt]];
  const given = parts.filter((part) => part !== undefined);
  return given.length === 0 ? undefined : given.join(' ');
}
