import type { Action, ActionOf } from './action.ts';
import type { WorkspaceContext } from './context.ts';
import { performCloseExternal, performOpenExternal } from './perform-external.ts';
import { performHibernate, performKeepAwake, performTimeOut } from './perform-agent.ts';
import { performStart, performStop, performTerminate } from './perform-instance.ts';
import { performLaunch } from './perform-launch.ts';
import { performPrepare } from './perform-prepare.ts';
import {
  performAdopt,
  performClearFailures,
  performClose,
  performRecordExit,
  performReplace,
  performStoreLaunched,
} from './perform-record.ts';
import { performRelease } from './perform-release.ts';
import { performVerifyAbsent } from './perform-verify.ts';
import type { Outcome, Step } from './step.ts';

/**
 * Takes the one step that was chosen. Every step may be cut off after any `await`: the next pass finds the rows and
 * the fleet and goes on. Throws the errors of the store and of the backend; `lib/errors.ts` says what follows.
 */
export async function perform(
  action: Action,
  step: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  const performer = PERFORMERS[action.kind] as Performer<Action>;
  return await performer(action, step, context);
}

type Performer<A> = (action: A, step: Step, context: WorkspaceContext) => Promise<Outcome>;

const stay = (): Promise<Outcome> => Promise.resolve({ kind: 'idle' });

/** One performer for each action; a forgotten one does not compile. */
const PERFORMERS: { readonly [K in Action['kind']]: Performer<ActionOf<K>> } = {
  None: stay,
  Wait: stay,
  Prepare: performPrepare,
  Launch: performLaunch,
  StoreLaunched: performStoreLaunched,
  Adopt: performAdopt,
  Stop: performStop,
  Start: performStart,
  RecordExit: performRecordExit,
  ClearFailures: performClearFailures,
  TimeOut: performTimeOut,
  Hibernate: performHibernate,
  KeepAwake: performKeepAwake,
  Replace: performReplace,
  Terminate: performTerminate,
  CloseAttempt: performClose,
  VerifyAbsent: performVerifyAbsent,
  Release: performRelease,
  OpenExternal: performOpenExternal,
  CloseExternal: performCloseExternal,
};
