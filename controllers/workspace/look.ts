import type { Instance } from '../../backends/backend.ts';
import { findWorkspaceView } from '../../store/workspace-view.ts';
import type { Observation } from '../observation.ts';
import { accept, type AcceptanceContext } from './accept.ts';
import type { Action } from './action.ts';
import { holdOf } from './class-hold.ts';
import type { WorkspaceContext } from './context.ts';
import { listenedSeconds } from './listening.ts';
import { backendsOf, onDatabaseClock } from './observe.ts';
import { plan } from './plan.ts';
import { sightOf } from './sight.ts';
import type { PlanInput } from './situation.ts';
import type { Step } from './step.ts';
import { timingOf } from './timing.ts';

export interface LookOptions {
  readonly context: Pick<WorkspaceContext, 'db' | 'fleet' | 'clock' | 'backends' | 'leadingSince'>;
  readonly acceptance: AcceptanceContext;
  /** Whether the port of an instance answers; undefined while nobody knows. */
  readonly isAnswering: (instance: Instance) => boolean | undefined;
}

/** What was found of one workspace, and the step that follows from it. */
export interface Look extends Step {
  readonly observation: Observation;
  readonly input: PlanInput;
  readonly action: Action;
}

/** Looks at one workspace and decides; changes nothing. Undefined when there is no such record. */
export async function look(uid: string, options: LookOptions): Promise<Look | undefined> {
  const { context, acceptance: acceptanceContext } = options;
  // The fleet first: a list that is older than the rows can at worst miss what the rows already say.
  const snapshot = context.fleet.snapshot();
  const view = await findWorkspaceView(context.db, uid);
  if (view === undefined) {
    return undefined;
  }
  const acceptance = accept(view, acceptanceContext);
  const seen = snapshot.of(uid, backendsOf(view, acceptance, acceptanceContext));
  const observation = onDatabaseClock(seen, view.now, context.clock.now());
  const input = inputOf({ view, acceptance }, observation, options);
  return { view, acceptance, observation, input, action: plan(input) };
}

function inputOf(
  { view, acceptance }: Step,
  observation: Observation,
  { context, isAnswering: ask }: LookOptions,
): PlanInput {
  const { record, launches, hasDeletingChildren, report, now } = view;
  const { mine } = sightOf(observation.instances, launches);
  const isAnswering = mine && ask(mine.instance);
  return {
    ...{ record, acceptance, launches, observation, hasDeletingChildren, now },
    ...(report !== undefined && { report }),
    ...(isAnswering !== undefined && { isAnswering }),
    ...holdOf(view),
    listenedSeconds: listenedSeconds(context),
    ...timingOf({ view, acceptance }, context.backends),
  };
}
