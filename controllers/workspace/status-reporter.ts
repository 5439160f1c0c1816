import { isDeepStrictEqual } from 'node:util';
import type { WorkspaceStatus } from '../../api/conditions.ts';
import type { Instance } from '../../backends/backend.ts';
import { ConflictError } from '../../lib/errors.ts';
import { hashOf } from '../../lib/hash.ts';
import type { Result } from '../../runtime/controller.ts';
import {
  updateSettledKey,
  updateWorkspaceStatus,
  type StatusWrite,
} from '../../store/workspace-status.ts';
import type { SecretReader } from '../../sources/source.ts';
import type { RolloutScope } from '../../store/rollouts.ts';
import type { WaitReason } from './action.ts';
import { write, type WorkspaceContext } from './context.ts';
import type { AnswerOf } from './external-agent.ts';
import { listenedSeconds } from './listening.ts';
import { isAwaitingRollout } from './ready.ts';
import { logStop, stopIn, tellStop, type Stop } from './rollout-stop.ts';
import { settledKeyOf, type DecidedPass } from './settled-view.ts';
import { sightOf } from './sight.ts';
import { computeStatus } from './status.ts';
import type { StatusInput } from './status-input.ts';
import { transientSeconds } from './transient.ts';

/** A pass to be reported; whether the port or the declared address answers is asked here. */
export type Report = Omit<StatusInput, 'isAnswering' | 'answer' | 'listenedSeconds' | 'now'>;

export interface StatusReporterOptions extends Pick<DecidedPass, 'decidedBy' | 'hasBackend'> {
  /** The same for those that wait for their turn in a rollout. */
  readonly waitedBy: string;
  readonly secrets: SecretReader;
  readonly context: WorkspaceContext;
  /** Whether the port of an instance answers; undefined while nobody knows. */
  readonly isAnswering: (instance: Instance) => boolean | undefined;
  readonly answerOf: AnswerOf;
  /** A workspace of this class, and of this Org if any, is ready or did not come back: who waits for it looks again. */
  readonly onRollout: (scope: RolloutScope) => void;
}

/** The one writer of a workspace's status: computed whole, skipped when equal. */
export class StatusReporter {
  readonly #options: StatusReporterOptions;

  constructor(options: StatusReporterOptions) {
    this.#options = options;
  }

  /** Writes the status when it differs, and tells how soon to look again. Throws what the store throws. */
  async report(report: Report): Promise<Result> {
    const { action, observation } = report;
    if (observation.kind === 'unknown' && observation.isAwaitingList) {
      // The list that follows the last call brings this key back; until then there is nothing to tell.
      return { kind: 'done' };
    }
    const status = this.#statusOf(report);
    const seconds = transientSeconds(status, report);
    if (seconds > 0) {
      return { kind: 'requeueAfter', seconds };
    }
    await this.#write(report, status);
    return 'afterSeconds' in action
      ? { kind: 'requeueAfter', seconds: action.afterSeconds }
      : { kind: 'done' };
  }

  #statusOf(report: Report): WorkspaceStatus {
    const { view, observation } = report;
    const { mine } = sightOf(observation.instances, view.launches);
    const isAnswering = mine && this.#options.isAnswering(mine.instance);
    return computeStatus({
      ...report,
      ...(isAnswering !== undefined && { isAnswering }),
      ...this.#answerIn(report),
      listenedSeconds: listenedSeconds(this.#options.context),
      now: view.now,
    });
  }

  #answerIn({ view: { record } }: Report): Pick<StatusInput, 'answer'> {
    const answer = this.#options.answerOf(record.uid, record.spec.external?.url);
    return answer === undefined ? {} : { answer };
  }

  async #write(report: Report, status: WorkspaceStatus): Promise<void> {
    const { context, hasBackend, isAnswering } = this.#options;
    const { metrics } = context;
    const { record } = report.view;
    const secrets = this.#options.secrets.snapshot();
    const decidedBy = isAwaitingRollout(report.action)
      ? this.#options.waitedBy
      : this.#options.decidedBy;
    const pass = {
      ...report,
      ...this.#answerIn(report),
      ...{ decidedBy, hasBackend, isAnswering, secrets },
    };
    const settledKey = isSettled(report) ? settledKeyOf(pass) : undefined;
    const dueAt = dueOf(report);
    const isEqual = record.status !== undefined && isDeepStrictEqual(status, record.status);
    if (isEqual && settledKey === record.settledKey && !isDueChanged(report, dueAt)) {
      metrics.statusWrites.inc({ result: 'skipped' });
      return;
    }
    if (isEqual) {
      await write(context, (tx) => updateSettledKey(tx, record.uid, { settledKey, dueAt }));
      return;
    }
    await this.#change(report, { status, settledKey, dueAt });
  }

  async #change(
    report: Report,
    { status, ...rest }: Pick<StatusWrite, 'status' | 'settledKey' | 'dueAt'>,
  ): Promise<void> {
    const { context } = this.#options;
    const { statusWrites } = context.metrics;
    const { record } = report.view;
    const isReady = isReadyIn(status);
    const change = { ...rest, status, statusHash: hashOf(status), phase: status.phase, isReady };
    const stop = stopIn(report, status);
    try {
      await write(context, async (tx) => {
        await updateWorkspaceStatus(tx, record, change);
        await (stop && tellStop(tx, report, stop));
      });
    } catch (error) {
      if (error instanceof ConflictError) {
        statusWrites.inc({ result: 'conflict' });
      }
      throw error;
    }
    statusWrites.inc({ result: 'written' });
    const isTurned = isReady !== (record.status !== undefined && isReadyIn(record.status));
    if (isTurned && record.parentId !== undefined) {
      // A parent shows how many of its children are ready.
      context.enqueue([record.parentId]);
    }
    this.#tellRollout(report, { stop, isReady: isTurned && isReady });
  }

  #tellRollout(
    report: Report,
    { stop, isReady }: { readonly stop: Stop | undefined; readonly isReady: boolean },
  ): void {
    const { context, onRollout } = this.#options;
    const { view, acceptance } = report;
    if (stop !== undefined) {
      logStop(context.log, report, stop);
    }
    if ((isReady || stop !== undefined) && acceptance.wanted !== undefined) {
      onRollout({ className: acceptance.wanted.className, ownerUid: view.record.ownerUid });
    }
  }
}

/**
 * Nothing to do, or nothing known: it stays so until a record or the fleet changes. What waits for its time or for
 * somebody else is not settled, so that a restart of the controller does not forget it; but for a turn in a rollout, of which
 * there may be thousands, and which every leader asks for anew (`waitedBy`).
 */
function isSettled({ action, observation, error }: Report): boolean {
  const waitsFor = action.kind === 'Wait' ? action.reason : undefined;
  const isBlind = waitsFor === 'StatusUnknown' && observation.kind === 'unknown';
  const isPatient = waitsFor !== undefined && PATIENT.has(waitsFor);
  return error === undefined && (action.kind === 'None' || isBlind || isPatient);
}

/** Only a change of the record, its class, or another workspace ends these. */
const PATIENT: ReadonlySet<WaitReason> = new Set<WaitReason>([
  'AttemptsExhausted',
  'InvalidLaunchParameters',
  'RolloutBudget',
]);

/** When the plan wants to look again although nothing changes. */
function dueOf({ action, view: { now } }: Report): Date | undefined {
  return action.kind === 'None' && action.dueSeconds !== undefined
    ? new Date(now.getTime() + action.dueSeconds * 1000)
    : undefined;
}

/** A later time is noted when the earlier one has come: every activity of an agent moves it. */
function isDueChanged({ view: { record, now } }: Report, dueAt: Date | undefined): boolean {
  const noted = record.dueAt;
  return (noted === undefined) !== (dueAt === undefined) || (noted !== undefined && noted <= now);
}

function isReadyIn({ conditions }: WorkspaceStatus): boolean {
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}
