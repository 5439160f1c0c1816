import type { Reason } from '../../api/conditions.ts';
import { ANNOTATION } from '../../api/labels.ts';
import {
  ConflictError,
  FencedError,
  ReconcileError,
  StoreUnavailableError,
  ThrottledError,
} from '../../lib/errors.ts';
import type { Result } from '../../runtime/controller.ts';
import { findWorkspaceView, type WorkspaceView } from '../../store/workspace-view.ts';
import type { Observation } from '../fleet.ts';
import { accept, type AcceptanceContext } from './accept.ts';
import { changesSomething, type Action } from './action.ts';
import type { WorkspaceContext } from './context.ts';
import { logDecision } from './decision-log.ts';
import { backendsOf, onDatabaseClock } from './observe.ts';
import { perform } from './perform.ts';
import { plan } from './plan.ts';
import type { RolloutBudget } from './rollout.ts';
import { StatusReporter, type Report } from './status-reporter.ts';
import type { Outcome, Step } from './step.ts';
import { timingOf } from './timing.ts';

/** What the reconciler of workspaces needs beside the means to act. */
export interface ReconcilerOptions {
  readonly context: WorkspaceContext;
  readonly acceptance: AcceptanceContext;
  /** Look and log, change nothing. */
  readonly isObserveOnly: boolean;
  /** Whether the port of an instance answers; undefined while nobody knows. */
  readonly isAnswering: (instanceUrl: string) => boolean | undefined;
  readonly rollout: RolloutBudget;
}

/** How soon a rollout that must wait for others looks again. */
const ROLLOUT_RETRY_SECONDS = 2;

interface Pass extends Step {
  readonly observation: Observation;
  readonly action: Action;
  readonly reconcileId: string | undefined;
}

/** One pass over one workspace: look, decide, take one step, report (house-style.md, section 8). */
export class WorkspaceReconciler {
  readonly #options: ReconcilerOptions;
  readonly #reporter: StatusReporter;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    this.#reporter = new StatusReporter({
      ...options,
      onCalm: (uid) => {
        options.rollout.forget(uid);
      },
    });
  }

  /** `uid` is the key. Throws `ReconcileError`; the runtime does what its `retry` says. */
  async reconcile(uid: string, reconcileId?: string): Promise<Result> {
    const { context, acceptance: acceptanceContext, rollout } = this.#options;
    // The fleet first: a list that is older than the rows can at worst miss what the rows already say.
    const snapshot = context.fleet.snapshot();
    const view = await findWorkspaceView(context.db, uid);
    if (view === undefined) {
      rollout.forget(uid);
      return { kind: 'done' };
    }
    const acceptance = accept(view, acceptanceContext);
    const seen = snapshot.of(uid, backendsOf(view, acceptance, acceptanceContext));
    const observation = onDatabaseClock(seen, view.now, context.clock.now());
    const action = await this.#decide({ view, acceptance }, observation);
    return await this.#act({ view, acceptance, observation, action, reconcileId });
  }

  async #decide({ view, acceptance }: Step, observation: Observation): Promise<Action> {
    const action = plan({
      record: view.record,
      acceptance,
      launches: view.launches,
      observation,
      hasDeletingChildren: view.hasDeletingChildren,
      now: view.now,
      ...timingOf({ view, acceptance }, this.#options.context.backends),
    });
    const isDisruptive =
      action.kind === 'Replace' || (action.kind === 'Stop' && action.reason !== 'Paused');
    return isDisruptive && !(await this.#options.rollout.mayDisrupt(view, acceptance))
      ? { kind: 'Wait', reason: 'RolloutBudget', afterSeconds: ROLLOUT_RETRY_SECONDS }
      : action;
  }

  async #act(pass: Pass): Promise<Result> {
    if (changesSomething(pass.action) && this.#isHeldBack(pass.view)) {
      this.#log(pass, { isHeldBack: true });
      return await this.#reporter.report({ ...pass, action: { kind: 'None' } });
    }
    let outcome: Outcome;
    try {
      outcome = await this.#perform(pass);
    } catch (error) {
      return await this.#reportFailure(pass, error);
    }
    switch (outcome.kind) {
      case 'changed':
        return { kind: 'requeueAfter', seconds: 0 };
      case 'released':
        return this.#afterRelease(pass.view);
      case 'noted':
        return await this.#reporter.report({ ...pass, error: outcome });
      case 'idle':
        return await this.#reporter.report(pass);
    }
  }

  #isHeldBack({ record }: WorkspaceView): boolean {
    const { isObserveOnly, acceptance } = this.#options;
    return (
      isObserveOnly ||
      acceptance.installationMismatch !== undefined ||
      record.annotations[ANNOTATION.reconcile] === 'disabled'
    );
  }

  async #perform(pass: Pass): Promise<Outcome> {
    const { context } = this.#options;
    const startedAt = context.clock.now();
    const outcome = await perform(pass.action, pass, context);
    if (changesSomething(pass.action)) {
      this.#log(pass, { durationMs: context.clock.now().getTime() - startedAt.getTime() });
    }
    return outcome;
  }

  #log(
    { view: { record }, action, reconcileId }: Pass,
    more: { readonly durationMs?: number; readonly isHeldBack?: boolean },
  ): void {
    const id = reconcileId === undefined ? {} : { reconcileId };
    logDecision(this.#options.context.log, { record, action }, { ...more, ...id });
  }

  /** What only says "later" changes no status; anything else is shown, with the reason of the step that failed. */
  async #reportFailure(pass: Pass, error: unknown): Promise<never> {
    const isSilent = SILENT_ERRORS.some((SilentError) => error instanceof SilentError);
    if (!isSilent) {
      await this.#reporter.report({ ...pass, error: toConditionError(error) });
    }
    throw error;
  }

  #afterRelease({ record }: WorkspaceView): Result {
    const { context, rollout } = this.#options;
    rollout.forget(record.uid);
    if (record.parentId !== undefined) {
      context.enqueue([record.parentId]);
    }
    // The same name may have been declared again meanwhile; then this key is a new record.
    return { kind: 'requeueAfter', seconds: 0 };
  }
}

const SILENT_ERRORS = [FencedError, ConflictError, ThrottledError, StoreUnavailableError];

function toConditionError(error: unknown): NonNullable<Report['error']> {
  return error instanceof ReconcileError
    ? { reason: error.reason as Reason, message: error.message }
    : {
        reason: 'ReconcileFailed',
        message: 'an unexpected error; the log of the controller has it',
      };
}
