import type { Instance } from '../../backends/backend.ts';
import type { SeenInstance } from '../../controllers/backend-list.ts';
import type { Observation } from '../../controllers/fleet.ts';
import type { Acceptance } from '../../controllers/workspace/accept.ts';
import { backendsOf } from '../../controllers/workspace/observe.ts';
import type { PlanInput } from '../../controllers/workspace/situation.ts';
import { UnknownOutcomeError } from '../../lib/errors.ts';
import type { LaunchRecord } from '../../store/launch-record.ts';
import type { WorkspaceView } from '../../store/workspace-view.ts';
import type { Rules, Setting } from './setting.ts';
import {
  LIFETIME,
  STALE_AFTER,
  exitOf,
  type Controller,
  type Database,
  type LaunchRow,
  type ProviderInstance,
  type WorkspaceRow,
} from './world.ts';

/** One tick; any number of seconds does. */
const TICK_SECONDS = 60;
const NOW = new Date('2026-01-01T00:00:00Z');
const UNKNOWN = new UnknownOutcomeError('listing instances: no list that is good enough');
const CLASS = {
  className: 'small',
  classSpec: { backend: 'process' },
  backend: 'process',
  runtime: 'langgraph',
  tier: 2,
  model: 'any',
  milliCpus: 1000,
  registers: false,
  provisionTimeoutSeconds: 600,
} as const;

/** What the reconciler would hand to `plan`, made from the rows and what this controller has listed. */
export function toPlanInput(
  database: Database & { readonly record: WorkspaceRow },
  controller: Controller,
  setting: Setting,
): PlanInput {
  const { rules } = setting;
  const { record } = database;
  const workspace = toRecord(record, rules);
  const acceptance = toAcceptance(record, rules);
  const launches = database.rows.map((row) => toLaunchRecord(row, rules));
  const needsList =
    backendsOf(
      { record: workspace, launches, classes: [] } as unknown as WorkspaceView,
      acceptance,
      {
        hasBackend: () => true,
      },
    ).length > 0;
  return {
    record: workspace,
    acceptance,
    launches,
    observation: toObservation(controller, { needsList, database, rules }),
    timing: toTiming(record, setting),
    hasDeletingChildren: false,
    replacesAutomatically: true,
    now: NOW,
  };
}

function toRecord(row: WorkspaceRow, rules: Rules): PlanInput['record'] {
  const { isDeleting, recordedExit, isExternal, externalAttempt } = row;
  const isHidden = !isExternal && !rules.leavesElsewhereFirst;
  return {
    generation: 1,
    spec: isExternal ? { external: {} } : {},
    ...(externalAttempt > 0 && !isHidden && { externalAttempt }),
    annotations: {},
    requests: {},
    ...(isDeleting && { deletionRequestedAt: NOW }),
    ...(recordedExit > 0 && { failures: toFailures(recordedExit) }),
  };
}

/** The backoff is over at once: waiting longer adds nothing to what can happen. */
function toFailures(exit: number): NonNullable<PlanInput['record']['failures']> {
  const at = exitedAt(exit).toISOString();
  return {
    count: 1,
    lastReason: 'CrashLoopBackOff',
    lastMessage: '',
    lastAt: at,
    generation: 1,
    exit: { attempt: Math.floor(exit / 10), at, log: '' },
  };
}

/** No burst of changes is waited for either. */
const STARTED_AT = new Date(NOW.getTime() - 3_000);

function exitedAt(exit: number): Date {
  return new Date(exit);
}

function toAcceptance(row: WorkspaceRow, rules: Rules): Acceptance {
  const { isAccepted, isPaused, isExternal, inputs, config } = row;
  const isHidden = !rules.pausedBeforeAccepted && !isAccepted;
  const lineage = {
    depth: 0,
    effectiveState: isPaused && !isHidden ? 'Paused' : 'Running',
  } as const;
  const configHash = `config ${config}`;
  const resolved = isExternal
    ? { elsewhere: { runtime: 'langgraph', tier: 2, model: 'any', configHash } }
    : { wanted: { ...CLASS, inputsHash: `inputs ${inputs}`, configHash } };
  return isAccepted
    ? { isAccepted, lineage, ...resolved }
    : { isAccepted, lineage, ...resolved, reason: 'ParentNotFound', message: 'no parent' };
}

function toLaunchRecord(row: LaunchRow, rules: Rules): LaunchRecord {
  const { attempt, state, instanceId, inputs, config, age } = row;
  const isOverAtOnce = row.isRefused && !rules.refusalSpeaksForOneCall;
  return {
    ...NAMES,
    attempt,
    state,
    token: tokenText(row, rules),
    inputsHash: `inputs ${inputs}`,
    configHash: `config ${config}`,
    callsInDoubt: isOverAtOnce ? 0 : row.callsInDoubt,
    ...(age >= 0 && { lastSentAt: ago(age) }),
    ...(age >= 0 && state !== 'pending' && { launchedAt: ago(age) }),
    ...(row.isRefused && { refused: { reason: 'InsufficientCapacity', message: '' } }),
    ...(instanceId >= 0 && rules.contradictedMarksAreLeft && { instanceId: String(instanceId) }),
  };
}

const NAMES = {
  workspaceUid: 'uid',
  namespace: 'default',
  name: 'demo',
  className: 'small',
  backend: 'process',
  parameters: { placement: '', details: {} },
  hasCredentials: true,
  createdAt: NOW,
} as const;

function toTiming({ isDeleting }: WorkspaceRow, { rules, settle }: Setting): PlanInput['timing'] {
  const isHasty = isDeleting && !rules.deletionWaitsForTheDoubt;
  const hasSettle = rules.absenceSettles && !isHasty;
  const hasLifetime = rules.doubtEndsLate && !isHasty;
  return {
    settleSeconds: hasSettle ? settle * TICK_SECONDS : 0,
    callLifetimeSeconds: hasLifetime ? LIFETIME * TICK_SECONDS : 0,
  };
}

function toObservation(
  { list, isListSinceCall }: Controller,
  look: { readonly needsList: boolean; readonly database: Database; readonly rules: Rules },
): Observation {
  const { needsList, database, rules } = look;
  const items = (list?.items ?? []).filter((item) => isShown(item, database, rules));
  const instances = items.map((item) => toSeen(item, rules));
  if (!needsList) {
    return { kind: 'known', takenAt: NOW, instances };
  }
  const isGood =
    list !== undefined &&
    (list.age <= STALE_AFTER || !rules.listIsYoung) &&
    (isListSinceCall || !rules.listAfterLastCall);
  if (isGood) {
    return { kind: 'known', takenAt: ago(list.age), instances };
  }
  return rules.unknownIsNotAbsent
    ? { kind: 'unknown', error: UNKNOWN, instances, isAwaitingList: !isListSinceCall }
    : { kind: 'known', takenAt: NOW, instances: [] };
}

function isShown(item: ProviderInstance, { rows }: Database, rules: Rules): boolean {
  if (item.origin === 'stranger') {
    return false;
  }
  const row = rows.find(({ attempt }) => attempt === item.attempt);
  if (row === undefined) {
    return rules.adoptsUnrecorded;
  }
  return rules.closedRowEndsInstance || row.state !== 'closed';
}

function toSeen(item: ProviderInstance, rules: Rules): SeenInstance {
  return { backend: 'process', instance: toInstance(item, rules) };
}

/** An instance as a backend shows it; the order of ids is the order of creation. */
export function toInstance(item: ProviderInstance, rules: Rules): Instance {
  const { id, attempt, state, config, hasExited, origin } = item;
  return {
    id: String(id),
    state,
    marks: {
      installationId: 'installation',
      workspaceUid: origin === 'stranger' ? 'stranger' : 'uid',
      namespace: 'default',
      name: 'demo',
      attempt,
      token: tokenText(item, rules),
      className: 'small',
    },
    launchedAt: new Date(id),
    startedAt: STARTED_AT,
    configHash: `config ${config}`,
    ...(hasExited && { exit: { at: exitedAt(exitOf(item)), code: 1, log: '' } }),
  };
}

/** Without the rule, the marks of an attempt are believed whatever token they carry. */
function tokenText(
  { attempt, token }: { readonly attempt: number; readonly token: number },
  { contradictedMarksAreLeft }: Rules,
): string {
  return String(contradictedMarksAreLeft ? token : attempt);
}

/** The rows as the store reads them. */
export function toLaunchRecords({ rows }: Database, rules: Rules): readonly LaunchRecord[] {
  return rows.map((row) => toLaunchRecord(row, rules));
}

function ago(ticks: number): Date {
  return new Date(NOW.getTime() - ticks * TICK_SECONDS * 1000);
}
