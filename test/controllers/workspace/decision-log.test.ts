import { describe, expect, it } from '@jest/globals';
import type { Action } from '../../../controllers/workspace/action.ts';
import { logDecision, type DecisionDetails } from '../../../controllers/workspace/decision-log.ts';
import { CapturedLog } from '../../support/captured-log.ts';
import { ago, launch, pendingLaunch, record, seen } from './builders.ts';

/** The one line that is written for a step. */
function lineFor(action: Action, details: DecisionDetails = {}) {
  const captured = new CapturedLog();
  logDecision(captured.log, { record: record({ generation: 3 }), action }, details);
  expect(captured.lines).toHaveLength(1);
  return captured.lines[0];
}

describe('a decision', () => {
  it('is one line that says who, what, why, which attempt and instance, how long and in which pass', () => {
    const details = { durationMs: 12, reconcileId: '1a2b3c4d', instanceId: 'i-1' };

    expect(lineFor({ kind: 'Launch', launch: pendingLaunch() }, details)).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as unknown,
      message: 'launched instance',
      workspace: 'default/ada',
      generation: 3,
      action: 'Launch',
      reason: 'Wanted',
      attempt: 1,
      instanceId: 'i-1',
      durationMs: 12,
      reconcileId: '1a2b3c4d',
    });
  });

  it.each<readonly [Action, object]>([
    [{ kind: 'Prepare', highestAttemptSeen: 0 }, { reason: 'Wanted' }],
    [
      { kind: 'Launch', launch: pendingLaunch({ callsInDoubt: 1 }) },
      { reason: 'LaunchInDoubt', attempt: 1 },
    ],
    [
      { kind: 'StoreLaunched', launch: pendingLaunch(), seen: seen() },
      { reason: 'LaunchInDoubt', attempt: 1, instanceId: 'i-1' },
    ],
    [
      { kind: 'Adopt', seen: seen({ attempt: 4 }) },
      { reason: 'Unrecorded', attempt: 4, instanceId: 'i-1' },
    ],
    [
      { kind: 'Stop', launch: launch(), reason: 'Paused' },
      { reason: 'Paused', attempt: 1, instanceId: 'i-1' },
    ],
    [{ kind: 'Start', launch: launch() }, { reason: 'Wanted' }],
    [
      { kind: 'RecordExit', launch: launch(), exit: { code: 1, at: ago(1), log: '' } },
      { reason: 'CrashLoopBackOff' },
    ],
    [{ kind: 'ClearFailures' }, { reason: 'Healthy' }],
    [{ kind: 'Replace', launch: launch() }, { reason: 'ParametersChanged' }],
    [
      {
        kind: 'Terminate',
        backend: 'process',
        instanceId: 'i-9',
        attempt: 9,
        reason: 'AttemptClosed',
      },
      { reason: 'AttemptClosed', attempt: 9, instanceId: 'i-9' },
    ],
    [
      { kind: 'CloseAttempt', launch: launch(), reason: 'InstanceLost' },
      { reason: 'InstanceLost', attempt: 1 },
    ],
    [
      { kind: 'VerifyAbsent', launch: launch(), reason: 'Terminated' },
      { reason: 'Terminated', instanceId: 'i-1' },
    ],
    [{ kind: 'Release' }, { reason: 'Deleted' }],
  ])('has a reason and the facts of %j', (action, facts) => {
    expect(lineFor(action)).toMatchObject({ action: action.kind, ...facts });
  });

  it('that was refused does not claim to have launched', () => {
    expect(
      lineFor({ kind: 'Launch', launch: pendingLaunch() }, { refusedFor: 'InsufficientCapacity' }),
    ).toMatchObject({ message: 'nothing was launched', reason: 'InsufficientCapacity' });
  });

  it('that is held back does not claim anything', () => {
    expect(lineFor({ kind: 'Prepare', highestAttemptSeen: 0 }, { isHeldBack: true })).toMatchObject(
      { message: 'would act, but only observes', action: 'Prepare', isHeldBack: true },
    );
  });
});
