import type { PlayedAgents } from '../support/played-agents.ts';
import { assertPromise } from './broken-promise.ts';
import type { ActivityFacts, ClassFacts, RecordFacts, RowFacts } from './world.ts';

/** `ACTION REASON` of the activity that takes a running agent down for a change. */
const CHANGES: ReadonlySet<string> = new Set([
  'Stopped ConfigChanged',
  'Stopped CredentialsLost',
  'Replacing ParametersChanged',
]);
const STARTS: ReadonlySet<string> = new Set([
  'Launched',
  'Started',
  'Restarted',
  'Woken',
  'Adopted',
]);
/** Phases in which one that should run and does not takes a place (docs/adr/0007). */
const DOWN_PHASES: ReadonlySet<string> = new Set(['Provisioning', 'Offline', 'Failed']);

/** What is said of those that go down for a change, as the activity tells. */
export class RolloutInvariant {
  readonly #agents: Pick<PlayedAgents, 'runsOf'> | undefined;
  /** When each that was taken down and has not come back was. */
  readonly #downMs = new Map<string, number>();
  /** When each was stopped last, for whatever reason. */
  readonly #stoppedMs = new Map<string, number>();
  /** As the records were at the check before. */
  #before: readonly RecordFacts[] = [];

  /** `agents`: those of a class whose agents register. */
  constructor(agents: Pick<PlayedAgents, 'runsOf'> | undefined) {
    this.#agents = agents;
  }

  /** `activity`: what is new. Throws `BrokenPromiseError`. */
  check({ records, activity, classes }: RowFacts): void {
    const [bounds] = classes;
    for (const event of activity) {
      this.#follow(event, records, bounds);
    }
    const places = new Set(records.filter(takesPlace).map(({ uid }) => uid));
    [...this.#downMs.keys()]
      .filter((uid) => !places.has(uid))
      .forEach((uid) => this.#downMs.delete(uid));
    this.#before = records;
  }

  #follow(
    event: ActivityFacts,
    records: readonly RecordFacts[],
    bounds: ClassFacts | undefined,
  ): void {
    const { workspace_uid: uid, action, reason, at } = event;
    const atMs = Date.parse(at);
    if (CHANGES.has(`${action} ${reason}`) && this.#wasUp(uid, atMs)) {
      this.#checkBudget(event, records, bounds);
      this.#checkStop(event, records, bounds);
      this.#downMs.set(uid, atMs);
    } else if (STARTS.has(action) && this.#agents === undefined) {
      this.#downMs.delete(uid);
    }
    if (action === 'Stopped') {
      this.#stoppedMs.set(uid, atMs);
    }
  }

  #checkBudget(
    event: ActivityFacts,
    records: readonly RecordFacts[],
    bounds: ClassFacts | undefined,
  ): void {
    const { workspace_uid: uid, at } = event;
    const most = bounds?.max_unavailable ?? 1;
    const others = records.filter(
      (one) =>
        one.uid !== uid &&
        this.#downMs.has(one.uid) &&
        takesPlace(one) &&
        !isAccepted(one, bounds) &&
        !this.#isBack(one.uid, Date.parse(at)),
    );
    assertPromise(others.length < most, 'at most maxUnavailable are down for a change', [
      event,
      others,
    ]);
  }

  /** What was known at the check before, and has not changed since, was known to whoever took it down. */
  #checkStop(
    event: ActivityFacts,
    records: readonly RecordFacts[],
    bounds: ClassFacts | undefined,
  ): void {
    const { workspace_uid: uid, at } = event;
    const pausedMs = Date.parse(bounds?.paused_at ?? '') || Infinity;
    assertPromise(Date.parse(at) <= pausedMs, 'nobody goes down while rollouts are paused', [
      event,
      bounds,
    ]);
    const failed = this.#before.filter(
      (one) =>
        one.uid !== uid &&
        one.failed_at !== null &&
        !isAccepted(one, bounds) &&
        // One that was back may wait for its own change by now.
        takesPlace(one),
    );
    const stillFailed = failed.filter((before) =>
      records.some(
        (now) => now.uid === before.uid && now.failed_at === before.failed_at && takesPlace(now),
      ),
    );
    assertPromise(stillFailed.length === 0, 'the first failure stops a rollout', [
      event,
      stillFailed,
    ]);
  }

  /** One that is not up loses nothing by a change, and needs no place. */
  #wasUp(uid: string, atMs: number): boolean {
    if (this.#agents === undefined) {
      return this.#before.some((one) => one.uid === uid && one.ready);
    }
    const run = this.#agents.runsOf(uid).findLast(({ madeMs }) => madeMs <= atMs);
    const isOver = run === undefined || run.madeMs <= (this.#stoppedMs.get(uid) ?? 0);
    return !isOver && run.firstHeardMs !== undefined && !run.isPortClosed;
  }

  #isBack(uid: string, atMs: number): boolean {
    const downMs = this.#downMs.get(uid) ?? 0;
    return (
      this.#agents
        ?.runsOf(uid)
        .some(({ firstHeardMs = Infinity }) => downMs < firstHeardMs && firstHeardMs <= atMs) ??
      false
    );
  }
}

/** Somebody has said since it failed that rollouts go on: it stops nobody and takes no place (docs/adr/0007). */
function isAccepted({ failed_at: failedAt }: RecordFacts, bounds: ClassFacts | undefined): boolean {
  const resumedMs = Date.parse(bounds?.resumed_at ?? '') || 0;
  return failedAt !== null && Date.parse(failedAt) <= resumedMs;
}

function takesPlace({ ready, phase, is_deleting, is_external, conditions }: RecordFacts): boolean {
  const isWanted = conditions?.some(({ type, status }) => type === 'Accepted' && status === 'True');
  return !ready && !is_deleting && !is_external && isWanted === true && DOWN_PHASES.has(phase);
}
