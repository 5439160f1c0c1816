import { ANNOTATION } from '../../api/labels.ts';
import {
  ConflictError,
  FencedError,
  StoreFullError,
  StoreUnavailableError,
  ThrottledError,
} from '../../lib/errors.ts';
import type { Result } from '../../runtime/controller.ts';
import { changesSomething, isDisruptive, type Action } from './action.ts';
import { toConditionError } from './condition-error.ts';
import type { WorkspaceContext } from './context.ts';
import type { AnswerOf } from './external-agent.ts';
import { logDecision, type DecisionDetails } from './decision-log.ts';
import { askerOf, healthOf, progressOf } from './disruption.ts';
import { look, type Look, type LookOptions } from './look.ts';
import { perform } from './perform.ts';
import { plan } from './plan.ts';
import type { Hold, Progress, Rollouts } from './rollout.ts';
import { StatusReporter } from './status-reporter.ts';
import type { Outcome } from './step.ts';

/** What the reconciler of workspaces needs beside the means to act. */
export interface ReconcilerOptions extends LookOptions {
  readonly context: WorkspaceContext;
  /** Look and log, change nothing. */
  readonly isObserveOnly: boolean;
  readonly answerOf: AnswerOf;
  /** As in `StatusReporterOptions`. */
  readonly decidedBy: string;
  readonly waitedBy: string;
  readonly rollouts: Rollouts;
}

interface Pass extends Look {
  readonly reconcileId: string | undefined;
}

/** One pass over one workspace: look, decide, take one step, report (house-style.md, section 8). */
export class WorkspaceReconciler {
  readonly #options: ReconcilerOptions;
  readonly #reporter: StatusReporter;

  constructor(options: ReconcilerOptions) {
    const { context, acceptance, rollouts, isAnswering, answerOf, decidedBy, waitedBy } = options;
    this.#options = options;
    this.#reporter = new StatusReporter({
      ...{ context, isAnswering, answerOf, decidedBy, waitedBy },
      hasBackend: acceptance.hasBackend,
      secrets: context.secrets,
      onRollout: (scope) => {
        rollouts.wakeNext(scope);
      },
    });
  }

  /** `uid` is the key. Throws `ReconcileError`; the runtime does what its `retry` says. */
  async reconcile(uid: string, reconcileId?: string): Promise<Result> {
    const found = await look(uid, this.#options);
    return found === undefined ? { kind: 'done' } : await this.#act({ ...found, reconcileId });
  }

  async #act(pass: Pass): Promise<Result> {
    if (this.#isHeldBack(pass)) {
      this.#log(pass, { isHeldBack: true });
      return await this.#reporter.report({ ...pass, action: { kind: 'None' }, isHeldBack: true });
    }
    const hold = await this.#askForTurn(pass);
    return hold === undefined ? await this.#step(pass) : await this.#goOn(pass, hold);
  }

  async #step(pass: Pass): Promise<Result> {
    let outcome: Outcome;
    try {
      outcome = await this.#perform(pass);
    } catch (error) {
      return await this.#reportFailure(pass, error);
    }
    switch (outcome.kind) {
      case 'changed':
      case 'overtaken':
        return { kind: 'requeueAfter', seconds: 0 };
      case 'postponed':
        return await this.#postpone(pass, outcome.seconds);
      case 'released':
        return this.#afterRelease(pass);
      case 'noted':
        return await this.#note(pass, outcome);
      case 'idle':
        return await this.#reporter.report(pass);
    }
  }

  /** An agent that is up is taken down when it is its turn, and its status says so first. Undefined: the step may be taken. */
  async #askForTurn(pass: Pass): Promise<Hold | undefined> {
    const { view, acceptance, action } = pass;
    const { rollouts } = this.#options;
    const { wanted } = acceptance;
    const health = healthOf(pass);
    if (!isDisruptive(action) || wanted === undefined || health === 'down') {
      rollouts.forget(view.record.uid);
      return undefined;
    }
    const { namespace, name } = view.record;
    const ancestors = view.ancestors.map(({ uid }) => uid);
    const takenDown = { wasUnwell: health === 'unwell' };
    return await rollouts.takeDown(
      {
        ...{ ...askerOf(pass, wanted), namespace, name, ancestors },
        progressOf: (uid) => this.#progressOf(uid),
      },
      () => this.#reporter.report({ ...pass, takenDown }),
    );
  }

  async #progressOf(uid: string): Promise<Progress | undefined> {
    const found = await look(uid, this.#options);
    return found && progressOf(found, this.#isHeldBack(found));
  }

  /** Its change waits; everything else goes on as if there were none. */
  async #goOn(pass: Pass, { message, afterSeconds }: Hold): Promise<Result> {
    const action = plan({ ...pass.input, isChangeHeld: true });
    if (changesSomething(action)) {
      return await this.#step({ ...pass, action });
    }
    const times = [afterSeconds, secondsOf(action)].filter((time) => time !== undefined);
    const next = times.length === 0 ? {} : { afterSeconds: Math.min(...times) };
    const waiting = { kind: 'Wait', reason: 'RolloutBudget', message, ...next } as const;
    return await this.#reporter.report({ ...pass, action: waiting });
  }

  async #note(pass: Pass, error: Extract<Outcome, { readonly kind: 'noted' }>): Promise<Result> {
    const result = await this.#reporter.report({ ...pass, error });
    return error.reason === 'QuotaExceeded'
      ? { kind: 'requeueAfter', seconds: QUOTA_RETRY_SECONDS }
      : result;
  }

  /** What has its place in a rollout keeps it, and its status says already that it goes down. */
  async #postpone(pass: Pass, seconds: number): Promise<Result> {
    const action = { kind: 'Wait', reason: 'Turn', afterSeconds: seconds } as const;
    return isDisruptive(pass.action)
      ? { kind: 'requeueAfter', seconds }
      : await this.#reporter.report({ ...pass, action });
  }

  #isHeldBack({ view: { record }, action }: Look): boolean {
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
    // A step that was not taken would be told again and again: what it waits for stands in the status.
    if (outcome.kind === 'changed' || outcome.kind === 'released') {
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
    // State that something else still uses keeps the record there, maybe for ever.
    const isHeldUp = error instanceof ConflictError && pass.action.kind === 'Release';
    const isPaced = error instanceof ThrottledError && !isOfTheLaunch(pass.action);
    if ((!isSilent || isHeldUp) && !isPaced) {
      await this.#reporter.report({ ...pass, error: toConditionError(error, pass.action) });
    }
    throw error;
  }

  #afterRelease({ view: { record }, acceptance: { wanted } }: Pass): Result {
    const { context, rollouts } = this.#options;
    context.pipeline.minted?.forget(record.uid);
    if (record.parentId !== undefined) {
      context.enqueue([record.parentId]);
    }
    if (wanted !== undefined) {
      rollouts.wakeNext({ className: wanted.className, ownerUid: record.ownerUid });
    }
    // The same name may have been declared again meanwhile; then this key is a new record.
    return { kind: 'requeueAfter', seconds: 0 };
  }
}

/** A throttle is shown where it keeps an instance from being there; of an end that is late nobody has to know. */
function isOfTheLaunch({ kind }: Action): boolean {
  return kind === 'Launch' || kind === 'Start';
}

function secondsOf(action: Action): number | undefined {
  return action.kind === 'Wait'
    ? action.afterSeconds
    : 'dueSeconds' in action
      ? action.dueSeconds
      : undefined;
}

/** Room appears when somebody else goes; a thousand that wait cost a hundred passes a second. */
const QUOTA_RETRY_SECONDS = 10;

const SILENT_ERRORS = [FencedError, ConflictError, StoreUnavailableError, StoreFullError];
