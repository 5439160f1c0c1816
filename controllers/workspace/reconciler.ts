import type { Instance } from '../../backends/backend.ts';
import { ANNOTATION } from '../../api/labels.ts';
import {
  ConflictError,
  FencedError,
  StoreFullError,
  StoreUnavailableError,
  ThrottledError,
} from '../../lib/errors.ts';
import type { Result } from '../../runtime/controller.ts';
import { findWorkspaceView, type WorkspaceView } from '../../store/workspace-view.ts';
import type { Observation } from '../fleet.ts';
import { accept, type AcceptanceContext } from './accept.ts';
import { changesSomething, isDisruptive, type Action } from './action.ts';
import { holdOf } from './class-hold.ts';
import { toConditionError } from './condition-error.ts';
import type { WorkspaceContext } from './context.ts';
import type { AnswerOf } from './external-agent.ts';
import { logDecision, type DecisionDetails } from './decision-log.ts';
import { backendsOf, onDatabaseClock } from './observe.ts';
import { perform } from './perform.ts';
import { plan } from './plan.ts';
import type { RolloutBudget } from './rollout.ts';
import { sightOf } from './sight.ts';
import { StatusReporter } from './status-reporter.ts';
import type { Outcome, Step } from './step.ts';
import { timingOf } from './timing.ts';

/** What the reconciler of workspaces needs beside the means to act. */
export interface ReconcilerOptions {
  readonly context: WorkspaceContext;
  readonly acceptance: AcceptanceContext;
  /** Look and log, change nothing. */
  readonly isObserveOnly: boolean;
  /** Whether the port of an instance answers; undefined while nobody knows. */
  readonly isAnswering: (instance: Instance) => boolean | undefined;
  readonly answerOf: AnswerOf;
  /** As in `SettledParts`. */
  readonly decidedBy: string;
  readonly rollout: RolloutBudget;
}

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
    const { context, acceptance, rollout, isAnswering, answerOf, decidedBy } = options;
    this.#options = options;
    this.#reporter = new StatusReporter({
      ...{ context, isAnswering, answerOf, decidedBy },
      hasBackend: acceptance.hasBackend,
      secrets: context.secrets,
      onReady: (className) => {
        context.enqueue(rollout.takeNext(className));
      },
    });
  }

  /** `uid` is the key. Throws `ReconcileError`; the runtime does what its `retry` says. */
  async reconcile(uid: string, reconcileId?: string): Promise<Result> {
    const { context, acceptance: acceptanceContext } = this.#options;
    // The fleet first: a list that is older than the rows can at worst miss what the rows already say.
    const snapshot = context.fleet.snapshot();
    const view = await findWorkspaceView(context.db, uid);
    if (view === undefined) {
      return { kind: 'done' };
    }
    const acceptance = accept(view, acceptanceContext);
    const seen = snapshot.of(uid, backendsOf(view, acceptance, acceptanceContext));
    const observation = onDatabaseClock(seen, view.now, context.clock.now());
    const { record, launches, hasDeletingChildren, now } = view;
    const { mine } = sightOf(observation.instances, launches);
    const isAnswering = mine && this.#options.isAnswering(mine.instance);
    const action = plan({
      ...{ record, acceptance, launches, observation, hasDeletingChildren, now },
      ...(view.report !== undefined && { report: view.report }),
      ...(isAnswering !== undefined && { isAnswering }),
      ...holdOf(view),
      ...timingOf({ view, acceptance }, context.backends),
    });
    return await this.#act({ view, acceptance, observation, action, reconcileId });
  }

  async #act(pass: Pass): Promise<Result> {
    if (this.#isHeldBack(pass)) {
      this.#log(pass, { isHeldBack: true });
      return await this.#reporter.report({ ...pass, action: { kind: 'None' }, isHeldBack: true });
    }
    if (!(await this.#mayDisrupt(pass))) {
      const action = { kind: 'Wait', reason: 'RolloutBudget' } as const;
      return await this.#reporter.report({ ...pass, action });
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
      case 'postponed':
        return await this.#reporter.report({ ...pass, action: waitForTurn(outcome) });
      case 'released':
        return this.#afterRelease(pass.view);
      case 'noted':
        return await this.#note(pass, outcome);
      case 'idle':
        return await this.#reporter.report(pass);
    }
  }

  /** An agent that is up is taken down within the budget of its class, and its status says so first. */
  async #mayDisrupt(pass: Pass): Promise<boolean> {
    const { view, acceptance, observation, action } = pass;
    const { wanted } = acceptance;
    const { mine } = sightOf(observation.instances, view.launches);
    const isUp =
      mine?.instance.state === 'running' && this.#options.isAnswering(mine.instance) !== false;
    if (!isDisruptive(action) || wanted === undefined || !isUp) {
      return true;
    }
    const storeDown = (): Promise<Result> => this.#reporter.report(pass);
    return await this.#options.rollout.takeDown({ uid: view.record.uid, wanted, storeDown });
  }

  async #note(pass: Pass, error: Extract<Outcome, { readonly kind: 'noted' }>): Promise<Result> {
    const result = await this.#reporter.report({ ...pass, error });
    return error.reason === 'QuotaExceeded'
      ? { kind: 'requeueAfter', seconds: QUOTA_RETRY_SECONDS }
      : result;
  }

  #isHeldBack({ view: { record }, action }: Pass): boolean {
    const { isObserveOnly, acceptance } = this.#options;
    const isObserved =
      isObserveOnly ||
      acceptance.installationMismatch !== undefined ||
      record.annotations[ANNOTATION.reconcile] === 'disabled';
    // To forget old failures is to say what is seen.
    return isObserved && changesSomething(action) && action.kind !== 'ClearFailures';
  }

  async #perform(pass: Pass): Promise<Outcome> {
    const { context } = this.#options;
    const startedAt = context.clock.now();
    const outcome = await perform(pass.action, pass, context);
    if (changesSomething(pass.action)) {
      const durationMs = context.clock.now().getTime() - startedAt.getTime();
      this.#log(pass, { durationMs, ...(outcome.kind === 'changed' && outcome.facts) });
    }
    return outcome;
  }

  #log(
    { view: { record }, action, reconcileId }: Pass,
    more: Omit<DecisionDetails, 'reconcileId'>,
  ): void {
    const id = reconcileId === undefined ? {} : { reconcileId };
    logDecision(this.#options.context.log, { record, action }, { ...more, ...id });
  }

  /** What only says "later" changes no status; anything else is shown, with the reason of the step that failed. */
  async #reportFailure(pass: Pass, error: unknown): Promise<never> {
    const isSilent = SILENT_ERRORS.some((SilentError) => error instanceof SilentError);
    const isPaced = error instanceof ThrottledError && !isOfTheLaunch(pass.action);
    if (!isSilent && !isPaced) {
      await this.#reporter.report({ ...pass, error: toConditionError(error, pass.action) });
    }
    throw error;
  }

  #afterRelease({ record }: WorkspaceView): Result {
    if (record.parentId !== undefined) {
      this.#options.context.enqueue([record.parentId]);
    }
    // The same name may have been declared again meanwhile; then this key is a new record.
    return { kind: 'requeueAfter', seconds: 0 };
  }
}

function waitForTurn({ seconds }: Extract<Outcome, { readonly kind: 'postponed' }>): Action {
  return { kind: 'Wait', reason: 'Turn', afterSeconds: seconds };
}

/** A throttle is shown where it keeps an instance from being there; of an end that is late nobody has to know. */
function isOfTheLaunch({ kind }: Action): boolean {
  return kind === 'Launch' || kind === 'Start';
}

/** Room appears when somebody else goes; a thousand that wait cost a hundred passes a second. */
const QUOTA_RETRY_SECONDS = 10;

const SILENT_ERRORS = [FencedError, ConflictError, StoreUnavailableError, StoreFullError];
