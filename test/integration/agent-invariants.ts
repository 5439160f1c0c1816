import type { PlayedAgent, PlayedAgents } from '../support/played-agents.ts';
import { assertPromise } from './broken-promise.ts';
import type { ActivityFacts, RecordFacts, RowFacts } from './world.ts';

/** HEARTBEAT_LOST_AFTER_SECONDS and the built-in provision time-out, as the issue has them. */
const LOST_AFTER_MS = 180_000;
const PROVISION_TIMEOUT_MS = 600_000;
/** `hibernateAfter` of those that have one. */
const IDLE_AFTER_MS = 300_000;
/** Phases of which an agent has to have spoken. */
const ONLINE: ReadonlySet<string> = new Set(['Online', 'Degraded']);

/** What must hold at every moment of agents and what they say. */
export class AgentInvariants {
  readonly #agents: Pick<PlayedAgents, 'runsOf'> | undefined;
  /** When each workspace was started last, as its activity tells. */
  readonly #startedMs = new Map<string, number>();

  constructor(agents: Pick<PlayedAgents, 'runsOf'> | undefined) {
    this.#agents = agents;
  }

  /** `rows.activity`: what is new. Throws `BrokenPromiseError`. */
  check(rows: RowFacts): void {
    this.#checkReports(rows);
    this.#checkOnline(rows);
    checkCredentials(rows);
    for (const event of rows.activity) {
      this.#checkEvent(event);
    }
  }

  /** Agents cannot bring a record back, nor speak for one that is going. */
  #checkReports({ records, launches, reports }: RowFacts): void {
    for (const report of reports) {
      const record = records.find(({ uid }) => uid === report.workspace_uid);
      const isOfAttempt = launches.some(
        ({ workspace_uid: uid, attempt }) => uid === record?.uid && attempt === report.attempt,
      );
      assertPromise(isOfAttempt, 'a report is of an attempt of a record', [report, record]);
      const deletedMs = Date.parse(record?.deletion_requested_at ?? '') || Infinity;
      assertPromise(
        Date.parse(report.heartbeat_at) <= deletedMs,
        'no report after the deletion: the tombstone wins',
        [report, record],
      );
    }
  }

  /** Nobody is said to be there whose attempt was never heard of. */
  #checkOnline({ records }: RowFacts): void {
    const unheard = records.filter(
      (record) => ONLINE.has(record.phase) && !record.is_external && this.#isUnheard(record),
    );
    assertPromise(unheard.length === 0, 'Online means that this attempt was heard', unheard);
  }

  #isUnheard({ uid, attempt }: RecordFacts): boolean {
    const runs = this.#agents?.runsOf(uid).filter((run) => run.attempt === attempt);
    return runs?.every(({ firstHeardMs }) => firstHeardMs === undefined) ?? false;
  }

  #checkEvent(event: ActivityFacts): void {
    const { workspace_uid: uid, action, reason } = event;
    const atMs = Date.parse(event.at);
    const run = this.#agents?.runsOf(uid).findLast(({ madeMs }) => madeMs <= atMs);
    const toldMs = this.#startedMs.get(uid) ?? 0;
    // A launch whose answer was lost is told of when it is found.
    const startedMs = run !== undefined && run.madeMs >= toldMs ? run.startedMs : toldMs;
    const rule = RULES[`${action} ${reason}`];
    assertPromise(rule?.holds(run, atMs, startedMs) ?? true, rule?.promise ?? '', [event, run]);
    if (STARTS.has(action)) {
      this.#startedMs.set(uid, atMs);
    }
  }
}

interface Rule {
  readonly promise: string;
  readonly holds: (run: PlayedAgent | undefined, atMs: number, startedMs: number) => boolean;
}

/** What must be true of an agent when something is done to it, by `ACTION REASON` of the activity. */
const RULES: Readonly<Partial<Record<string, Rule>>> = {
  'Stopped HeartbeatLost': {
    promise: 'an agent is restarted after 180 s of silence and a second sign only',
    holds: (run, atMs) =>
      atMs - (run?.lastHeardMs ?? 0) > LOST_AFTER_MS && run?.isPortClosed !== false,
  },
  'ProvisionTimeout ProvisionTimeout': {
    promise: 'only an agent that never spoke times out, and not early',
    holds: (run, atMs, startedMs) =>
      run?.firstHeardMs === undefined && atMs - startedMs >= PROVISION_TIMEOUT_MS,
  },
  'Hibernating Idle': {
    promise: 'nobody hibernates for idleness before its time',
    holds: (run, atMs) =>
      atMs - Math.max(run?.firstHeardMs ?? atMs, run?.lastBusyMs ?? 0) >= IDLE_AFTER_MS,
  },
  'Hibernated Hibernated': {
    promise: 'no agent is hibernated at its work',
    holds: (run, atMs) => !isWorking(run, atMs),
  },
};

const STARTS: ReadonlySet<string> = new Set(['Launched', 'Started', 'Restarted', 'Woken']);

function isWorking(run: PlayedAgent | undefined, atMs: number): boolean {
  return (
    run?.lastHeardMs !== undefined &&
    !run.isSilent &&
    run.activeTasks > 0 &&
    atMs - run.lastHeardMs <= LOST_AFTER_MS
  );
}

/** Credentials are minted before there is anything that could be provisioned. */
function checkCredentials({ records, credentials }: RowFacts): void {
  for (const record of records.filter(isProvisioned)) {
    assertPromise(
      credentials.some(
        ({ workspace_uid: uid, attempt }) => uid === record.uid && attempt === record.attempt,
      ),
      '`Provisioned` is never True without credentials',
      [record, credentials],
    );
  }
}

function isProvisioned({ conditions }: RecordFacts): boolean {
  return (
    conditions?.some(({ type, status }) => type === 'Provisioned' && status === 'True') ?? false
  );
}
