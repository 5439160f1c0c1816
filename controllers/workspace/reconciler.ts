import { isDeepStrictEqual } from 'node:util';
import { ANNOTATION } from '../../api/labels.ts';
import type { Reason, WorkspaceStatus } from '../../api/conditions.ts';
import {
  ConflictError,
  FencedError,
  ReconcileError,
  StoreUnavailableError,
  ThrottledError,
} from '../../lib/errors.ts';
import { hashOf } from '../../lib/hash.ts';
import type { Result } from '../../runtime/controller.ts';
import { fenced } from '../../store/fencing.ts';
import { findWorkspaceView, type WorkspaceView } from '../../store/workspace-view.ts';
import { updateSettledKey, updateWorkspaceStatus } from '../../store/workspace-status.ts';
import type { Observation } from '../fleet.ts';
import { accept, type Acceptance, type AcceptanceContext } from './accept.ts';
import { changesSomething, type Action } from './action.ts';
import type { WorkspaceContext } from './context.ts';
import { backendsOf, onDatabaseClock } from './observe.ts';
import { perform } from './perform.ts';
import { plan } from './plan.ts';
import { settledKeyOf } from './settled-view.ts';
import { computeStatus } from './status.ts';
import type { Outcome, Step } from './step.ts';
import { transientSeconds } from './transient.ts';

/** What the reconciler of workspaces needs beside the means to act. */
export interface ReconcilerOptions {
  readonly context: WorkspaceContext;
  readonly acceptance: AcceptanceContext;
  /** Look and log, change nothing. */
  readonly isObserveOnly: boolean;
  /** Whether the port of an instance answers; undefined while nobody knows. */
  readonly isAnswering: (instanceUrl: string) => boolean | undefined;
  /** Asks for permission to take a running agent down for a change; `ready` gives it back. */
  readonly rollout: {
    mayDisrupt(view: WorkspaceView, acceptance: Acceptance): Promise<boolean>;
    forget(uid: string): void;
  };
}

/** How soon a rollout that must wait for others looks again. */
const ROLLOUT_RETRY_SECONDS = 2;

interface Pass extends Step {
  readonly observation: Observation;
  readonly action: Action;
  readonly error?: { readonly reason: Reason; readonly message: string };
}

/** One pass over one workspace: look, decide, take one step, report (house-style.md, section 8). */
export class WorkspaceReconciler {
  readonly #options: ReconcilerOptions;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /** `uid` is the key. Throws `ReconcileError`; the runtime does what its `retry` says. */
  async reconcile(uid: string): Promise<Result> {
    const { context } = this.#options;
    // The fleet first: a list that is older than the rows can at worst miss what the rows already say.
    const snapshot = context.fleet.snapshot();
    const view = await findWorkspaceView(context.db, uid);
    if (view === undefined) {
      this.#options.rollout.forget(uid);
      return { kind: 'done' };
    }
    const acceptance = accept(view, this.#options.acceptance);
    const seen = snapshot.of(uid, backendsOf(view, acceptance, this.#options.acceptance));
    const observation = onDatabaseClock(seen, view.now, context.clock.now());
    const action = await this.#decide({ view, acceptance }, observation);
    return await this.#act({ view, acceptance, observation, action });
  }

  async #decide(step: Step, observation: Observation): Promise<Action> {
    const action = this.#plan(step, observation);
    const isDisruptive =
      action.kind === 'Replace' || (action.kind === 'Stop' && action.reason !== 'Paused');
    const { view, acceptance } = step;
    return isDisruptive && !(await this.#options.rollout.mayDisrupt(view, acceptance))
      ? { kind: 'Wait', reason: 'RolloutBudget', afterSeconds: ROLLOUT_RETRY_SECONDS }
      : action;
  }

  #plan({ view, acceptance }: Step, observation: Observation): Action {
    const open = view.launches.find(({ state }) => state !== 'closed');
    const backend = this.#options.context.backends.get(
      open?.backend ?? acceptance.wanted?.backend ?? '',
    );
    const replace = acceptance.wanted?.classSpec.rollout?.replace;
    return plan({
      record: view.record,
      acceptance,
      launches: view.launches,
      observation,
      timing: {
        settleSeconds: backend?.settleSeconds ?? 0,
        callLifetimeSeconds: backend?.callLifetimeSeconds ?? 0,
      },
      hasDeletingChildren: view.hasDeletingChildren,
      replacesAutomatically: (replace ?? defaultReplace(backend?.keepsState)) === 'Automatic',
      now: view.now,
    });
  }

  async #act(pass: Pass): Promise<Result> {
    if (this.#isHeldBack(pass.view) && changesSomething(pass.action)) {
      this.#log(pass, 'would act, but only observes');
      return await this.#report({ ...pass, action: { kind: 'None' } });
    }
    let outcome: Outcome;
    try {
      outcome = await this.#timed(pass);
    } catch (error) {
      return await this.#reportFailure(pass, error);
    }
    switch (outcome.kind) {
      case 'changed':
        return { kind: 'requeueAfter', seconds: 0 };
      case 'released':
        return this.#afterRelease(pass.view);
      case 'noted':
        return await this.#report({ ...pass, error: outcome });
      case 'idle':
        return await this.#report(pass);
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

  async #timed(pass: Pass): Promise<Outcome> {
    const { clock } = this.#options.context;
    const startedAt = clock.now();
    const outcome = await perform(pass.action, pass, this.#options.context);
    if (changesSomething(pass.action)) {
      const durationMs = clock.now().getTime() - startedAt.getTime();
      this.#log(pass, 'took a step', { durationMs });
    }
    return outcome;
  }

  #log({ view, action }: Pass, message: string, more: Record<string, unknown> = {}): void {
    const { record } = view;
    this.#options.context.log.info(
      {
        action: action.kind,
        workspace: `${record.namespace}/${record.name}`,
        generation: record.generation,
        ...logFieldsOf(action),
        ...more,
      },
      message,
    );
  }

  async #reportFailure(pass: Pass, error: unknown): Promise<never> {
    const isSilent =
      error instanceof FencedError ||
      error instanceof ConflictError ||
      error instanceof ThrottledError ||
      error instanceof StoreUnavailableError;
    if (!isSilent) {
      const known = error instanceof ReconcileError;
      await this.#report({
        ...pass,
        error: {
          reason: known ? (error.reason as Reason) : 'ReconcileFailed',
          message: known ? error.message : 'an unexpected error; the log of the controller has it',
        },
      });
    }
    throw error;
  }

  /** Writes the status when it differs, and tells how soon to look again. */
  async #report(pass: Pass): Promise<Result> {
    const { context } = this.#options;
    const { view, action, observation } = pass;
    if (observation.kind === 'unknown' && context.fleet.isWaitingForList(view.record.uid)) {
      // The list that follows the last call brings this key back; until then there is nothing to tell.
      return { kind: 'done' };
    }
    const status = this.#statusOf(pass);
    const seconds = transientSeconds(status, view, context.clock.now());
    if (seconds > 0) {
      return { kind: 'requeueAfter', seconds };
    }
    const isSettled = pass.error === undefined && isSettledAction(pass);
    await this.#write(pass, status, isSettled ? settledKeyOf(pass) : undefined);
    return action.kind === 'Wait' && action.afterSeconds !== undefined
      ? { kind: 'requeueAfter', seconds: action.afterSeconds }
      : { kind: 'done' };
  }

  #statusOf(pass: Pass): WorkspaceStatus {
    const mine = pass.observation.instances.find(({ instance }) => instance.state === 'running');
    const url = mine?.instance.url;
    const isAnswering = mine === undefined || url === undefined || this.#options.isAnswering(url);
    return computeStatus({
      ...pass,
      ...(isAnswering !== undefined && { isAnswering }),
      now: pass.view.now,
    });
  }

  async #write(pass: Pass, status: WorkspaceStatus, settledKey: string | undefined): Promise<void> {
    const { db, leadership, metrics } = this.#options.context;
    const { record } = pass.view;
    const isReady = isReadyIn(status);
    if (isReady && pass.action.kind === 'None') {
      this.#options.rollout.forget(record.uid);
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
    await fenced(db, leadership, (tx) =>
      updateWorkspaceStatus(tx, record, {
        status,
        statusHash: hashOf(status),
        phase: status.phase,
        isReady,
        settledKey,
      }),
    );
    metrics.statusWrites.inc({ result: 'written' });
    this.#afterStatus(pass.view, isReady);
  }

  #afterStatus({ record }: WorkspaceView, isReady: boolean): void {
    const wasReady = record.status !== undefined && isReadyIn(record.status);
    if (isReady !== wasReady && record.parentId !== undefined) {
      this.#options.context.enqueue([record.parentId]);
    }
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

function defaultReplace(keepsState: boolean | undefined): 'Automatic' | 'Manual' {
  return keepsState === true ? 'Automatic' : 'Manual';
}

/** Nothing to do, or nothing known: both stay so until a record or the fleet changes. */
function isSettledAction({ action, observation }: Pass): boolean {
  return (
    action.kind === 'None' ||
    (action.kind === 'Wait' && action.reason === 'StatusUnknown' && observation.kind === 'unknown')
  );
}

function isReadyIn(status: WorkspaceStatus): boolean {
  return status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True');
}

function logFieldsOf(action: Action): Record<string, unknown> {
  return {
    ...('reason' in action && { reason: action.reason }),
    ...('launch' in action && {
      attempt: action.launch.attempt,
      instanceId: action.launch.instanceId,
    }),
    ...(action.kind === 'Terminate' && { attempt: action.attempt, instanceId: action.instanceId }),
    ...('seen' in action && { instanceId: action.seen.instance.id }),
  };
}
