import { isDeepStrictEqual } from 'node:util';
import type { WorkspaceStatus } from '../../api/conditions.ts';
import { hashOf } from '../../lib/hash.ts';
import type { Result } from '../../runtime/controller.ts';
import { fenced } from '../../store/fencing.ts';
import { updateSettledKey, updateWorkspaceStatus } from '../../store/workspace-status.ts';
import type { WorkspaceContext } from './context.ts';
import { settledKeyOf } from './settled-view.ts';
import { computeStatus } from './status.ts';
import type { StatusInput } from './status-input.ts';
import { transientSeconds } from './transient.ts';

/** A pass to be reported; whether the port answers is asked here. */
export type Report = Omit<StatusInput, 'isAnswering' | 'now'>;

export interface StatusReporterOptions {
  readonly context: WorkspaceContext;
  /** Whether the port of an instance answers; undefined while nobody knows. */
  readonly isAnswering: (instanceUrl: string) => boolean | undefined;
  /** The workspace is ready and nothing is to be done. */
  readonly onCalm: (uid: string) => void;
}

/** The one writer of a workspace's status: computed whole, written once a pass, skipped when equal. */
export class StatusReporter {
  readonly #options: StatusReporterOptions;

  constructor(options: StatusReporterOptions) {
    this.#options = options;
  }

  /** Writes the status when it differs, and tells how soon to look again. */
  async report(report: Report): Promise<Result> {
    const { view, action, observation } = report;
    if (observation.kind === 'unknown' && observation.isAwaitingList) {
      // The list that follows the last call brings this key back; until then there is nothing to tell.
      return { kind: 'done' };
    }
    const status = this.#statusOf(report);
    const seconds = transientSeconds(status, view);
    if (seconds > 0) {
      return { kind: 'requeueAfter', seconds };
    }
    await this.#write(report, status, isSettled(report) ? settledKeyOf(report) : undefined);
    return action.kind === 'Wait' && action.afterSeconds !== undefined
      ? { kind: 'requeueAfter', seconds: action.afterSeconds }
      : { kind: 'done' };
  }

  #statusOf(report: Report): WorkspaceStatus {
    const mine = report.observation.instances.find(({ instance }) => instance.state === 'running');
    const url = mine?.instance.url;
    const isAnswering = url === undefined || this.#options.isAnswering(url);
    return computeStatus({
      ...report,
      ...(isAnswering !== undefined && { isAnswering }),
      now: report.view.now,
    });
  }

  async #write(
    report: Report,
    status: WorkspaceStatus,
    settledKey: string | undefined,
  ): Promise<void> {
    const { context, onCalm } = this.#options;
    const { db, leadership, metrics } = context;
    const { record } = report.view;
    const isReady = isReadyIn(status);
    if (isReady && report.action.kind === 'None') {
      onCalm(record.uid);
    }
    const isEqual = record.status !== undefined && isDeepStrictEqual(status, record.status);
    if (isEqual && settledKey === record.settledKey) {
      metrics.statusWrites.inc({ result: 'skipped' });
      return;
    }
    if (isEqual) {
      await fenced(db, leadership, (tx) => updateSettledKey(tx, record.uid, settledKey));
      return;
    }
    const { phase } = status;
    const write = { status, statusHash: hashOf(status), phase, isReady, settledKey };
    await fenced(db, leadership, (tx) => updateWorkspaceStatus(tx, record, write));
    metrics.statusWrites.inc({ result: 'written' });
    this.#tellParent(report, isReady);
  }

  /** A parent shows how many of its children are ready. */
  #tellParent({ view: { record } }: Report, isReady: boolean): void {
    const wasReady = record.status !== undefined && isReadyIn(record.status);
    if (isReady !== wasReady && record.parentId !== undefined) {
      this.#options.context.enqueue([record.parentId]);
    }
  }
}

/** Nothing to do, or nothing known: both stay so until a record or the fleet changes. */
function isSettled({ action, observation, error }: Report): boolean {
  const isBlind =
    action.kind === 'Wait' && action.reason === 'StatusUnknown' && observation.kind === 'unknown';
  return error === undefined && (action.kind === 'None' || isBlind);
}

function isReadyIn({ conditions }: WorkspaceStatus): boolean {
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}
