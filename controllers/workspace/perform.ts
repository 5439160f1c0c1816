import type { Action } from './action.ts';
import type { WorkspaceContext } from './context.ts';
import { performStart, performStop, performTerminate } from './perform-instance.ts';
import { performLaunch, performPrepare } from './perform-launch.ts';
import {
  performAdopt,
  performClearFailures,
  performClose,
  performRecordExit,
  performRelease,
  performReplace,
  performStoreLaunched,
} from './perform-record.ts';
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
  switch (action.kind) {
    case 'None':
    case 'Wait':
      return { kind: 'idle' };
    case 'Prepare':
      return await performPrepare(action, step, context);
    case 'Launch':
      return await performLaunch(action, step, context);
    case 'StoreLaunched':
      return await performStoreLaunched(action, step, context);
    case 'Adopt':
      return await performAdopt(action, step, context);
    case 'Stop':
      return await performStop(action, step, context);
    case 'Start':
      return await performStart(action, step, context);
    case 'RecordExit':
      return await performRecordExit(action, step, context);
    case 'ClearFailures':
      return await performClearFailures(step, context);
    case 'Replace':
      return await performReplace(action, step, context);
    case 'Terminate':
      return await performTerminate(action, step, context);
    case 'CloseAttempt':
      return await performClose(action, step, context);
    case 'VerifyAbsent':
      return await performVerifyAbsent(action, step, context);
    case 'Release':
      return await performRelease(step, context);
  }
}
