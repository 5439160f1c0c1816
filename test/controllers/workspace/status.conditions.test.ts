import { describe, expect, it } from '@jest/globals';
import type { WorkspaceStatus } from '../../../api/conditions.ts';
import { computeStatus } from '../../../controllers/workspace/status.ts';
import type { StatusInput } from '../../../controllers/workspace/status-input.ts';
import type { WorkspaceRecord } from '../../../store/workspace-view.ts';
import {
  ACCEPTED,
  NOW,
  PAUSED,
  REFUSED,
  ago,
  known,
  launch,
  pendingLaunch,
  record,
  seen,
  unknown,
  view,
} from './builders.ts';

/** A workspace whose instance runs and answers. */
function input(overrides: Partial<StatusInput> = {}): StatusInput {
  return {
    view: view(),
    acceptance: ACCEPTED,
    observation: known(seen()),
    action: { kind: 'None' },
    isAnswering: true,
    now: NOW,
    ...overrides,
  };
}

/** `Ready=True Online`, one condition a line. */
function said({ conditions }: WorkspaceStatus): readonly string[] {
  return conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`);
}

const EXIT = { code: 1, at: ago(30), log: 'starting\nno config\n' };
const ENDED = known(seen({ state: 'stopped', exit: EXIT }));
const WAITING = { kind: 'Wait', reason: 'Backoff', afterSeconds: 5 } as const;
const FAILURES: NonNullable<WorkspaceRecord['failures']> = {
  count: 2,
  lastReason: 'CrashLoopBackOff',
  lastMessage: 'the agent exited with code 1',
  lastAt: ago(5).toISOString(),
  generation: 1,
  exit: { attempt: 1, code: 1, at: EXIT.at.toISOString(), log: EXIT.log },
};
const ONLINE = computeStatus(input());

describe('the conditions of a workspace', () => {
  it.each<readonly [string, Partial<StatusInput>, string, readonly string[]]>([
    [
      'that runs and answers',
      {},
      'Online',
      ['Ready=True Online', 'Accepted=True Accepted', 'Provisioned=True Running'],
    ],
    [
      'that was just declared',
      { view: view({ launches: [] }), observation: known() },
      'Provisioning',
      [
        'Ready=False Provisioning',
        'Accepted=True Accepted',
        'Provisioned=False LaunchPending',
        'Reconciling=True ProgressingToGeneration',
      ],
    ],
    [
      'that runs and does not answer yet',
      { isAnswering: false },
      'Provisioning',
      [
        'Ready=False Provisioning',
        'Accepted=True Accepted',
        'Provisioned=True Running',
        'Reconciling=True ProgressingToGeneration',
      ],
    ],
    [
      'that was online and does not answer any more',
      { isAnswering: false, view: view({ record: record({ status: ONLINE }) }) },
      'Offline',
      [
        'Ready=False HeartbeatLost',
        'Accepted=True Accepted',
        'Provisioned=True Running',
        'Reconciling=True ProgressingToGeneration',
      ],
    ],
    [
      'that is paused',
      { acceptance: PAUSED, observation: known(seen({ state: 'stopped' })) },
      'Paused',
      ['Ready=True Paused', 'Accepted=True Accepted', 'Provisioned=False Stopped'],
    ],
    [
      'that was paused before it ever ran',
      { acceptance: PAUSED, view: view({ launches: [] }), observation: known() },
      'Paused',
      ['Ready=True Paused', 'Accepted=True Accepted', 'Provisioned=False Stopped'],
    ],
    [
      'below a paused one',
      {
        acceptance: { ...ACCEPTED, lineage: { depth: 1, effectiveState: 'AncestorPaused' } },
        observation: known(seen({ state: 'stopped' })),
      },
      'Paused',
      ['Ready=True AncestorPaused', 'Accepted=True Accepted', 'Provisioned=False Stopped'],
    ],
    [
      'that is paused and still runs',
      { acceptance: PAUSED },
      'Provisioning',
      [
        'Ready=False Provisioning',
        'Accepted=True Accepted',
        'Provisioned=True Running',
        'Reconciling=True ProgressingToGeneration',
      ],
    ],
    [
      'whose parent does not exist, and that runs on',
      { acceptance: REFUSED },
      'Pending',
      ['Ready=False ParentNotFound', 'Accepted=False ParentNotFound', 'Provisioned=True Running'],
    ],
    [
      'whose declaration needs a person',
      { acceptance: { ...REFUSED, reason: 'InvalidSpec', message: 'not built yet: spec.model' } },
      'Failed',
      [
        'Ready=False InvalidSpec',
        'Accepted=False InvalidSpec',
        'Provisioned=True Running',
        'Stalled=True InvalidSpec',
      ],
    ],
    [
      'of which nothing is known',
      { observation: unknown(seen()), action: { kind: 'Wait', reason: 'StatusUnknown' } },
      'Provisioning',
      [
        'Ready=Unknown StatusUnknown',
        'Accepted=True Accepted',
        'Provisioned=Unknown StatusUnknown',
        'Reconciling=True ProgressingToGeneration',
      ],
    ],
    [
      'whose instance is in a state that cannot be told',
      { observation: known(seen({ state: 'unknown' })) },
      'Provisioning',
      [
        'Ready=Unknown StatusUnknown',
        'Accepted=True Accepted',
        'Provisioned=Unknown StatusUnknown',
        'Reconciling=True ProgressingToGeneration',
      ],
    ],
    [
      'whose launch is in doubt and not wanted any more',
      {
        view: view({ launches: [pendingLaunch({ callsInDoubt: 1 })] }),
        observation: known(),
        action: { kind: 'Wait', reason: 'LaunchInDoubt', afterSeconds: 5 },
      },
      'Provisioning',
      [
        'Ready=False LaunchInDoubt',
        'Accepted=True Accepted',
        'Provisioned=False LaunchInDoubt',
        'Reconciling=True ProgressingToGeneration',
      ],
    ],
    [
      'whose launch got no answer in this pass',
      {
        view: view({ launches: [pendingLaunch({ callsInDoubt: 1 })] }),
        observation: known(),
        error: { reason: 'LaunchInDoubt', message: 'launching instance: no answer' },
      },
      'Provisioning',
      [
        'Ready=Unknown LaunchInDoubt',
        'Accepted=True Accepted',
        'Provisioned=Unknown LaunchInDoubt',
        'Reconciling=True ProgressingToGeneration',
      ],
    ],
    [
      'for which there was no room',
      {
        view: view({
          launches: [launch({ state: 'closed' })],
          record: record({ failures: { ...FAILURES, lastReason: 'InsufficientCapacity' } }),
        }),
        observation: known(),
        action: WAITING,
      },
      'Provisioning',
      [
        'Ready=False InsufficientCapacity',
        'Accepted=True Accepted',
        'Provisioned=False InsufficientCapacity',
        'Reconciling=True Retrying',
      ],
    ],
    [
      'for which the credentials do not suffice',
      { error: { reason: 'Unauthorized', message: 'launching instance: no permission' } },
      'Failed',
      [
        'Ready=False Unauthorized',
        'Accepted=True Accepted',
        'Provisioned=False Unauthorized',
        'Stalled=True Unauthorized',
      ],
    ],
    [
      'whose agent ends by itself again and again',
      {
        view: view({ record: record({ failures: FAILURES }) }),
        observation: ENDED,
        action: WAITING,
      },
      'Offline',
      [
        'Ready=False CrashLoopBackOff',
        'Accepted=True Accepted',
        'Provisioned=False CrashLoopBackOff',
        'Reconciling=True Retrying',
      ],
    ],
    [
      'whose instance is gone',
      {
        observation: known(),
        action: { kind: 'VerifyAbsent', launch: launch(), reason: 'InstanceLost' },
      },
      'Offline',
      [
        'Ready=False InstanceLost',
        'Accepted=True Accepted',
        'Provisioned=False InstanceLost',
        'Reconciling=True ProgressingToGeneration',
      ],
    ],
    [
      'that is being replaced',
      { view: view({ launches: [launch({ state: 'closing' })] }) },
      'Provisioning',
      [
        'Ready=False Replacing',
        'Accepted=True Accepted',
        'Provisioned=True Running',
        'Reconciling=True ProgressingToGeneration',
      ],
    ],
    [
      'that runs with what it was launched with, not with what its class says now',
      { view: view({ launches: [launch({ inputsHash: 'inputs-0' })] }) },
      'Online',
      [
        'Ready=True Online',
        'Accepted=True Accepted',
        'Provisioned=True Running',
        'Drifted=True ParametersChanged',
      ],
    ],
    [
      'that is deleted',
      { view: view({ record: record({ deletionRequestedAt: ago(1) }) }) },
      'Terminating',
      [
        'Ready=False Terminating',
        'Accepted=True Accepted',
        'Provisioned=True Running',
        'Reconciling=True ProgressingToGeneration',
      ],
    ],
    [
      'that is deleted and protected',
      {
        view: view({ record: record({ deletionRequestedAt: ago(1) }) }),
        action: { kind: 'Wait', reason: 'TerminationProtected' },
      },
      'Terminating',
      [
        'Ready=False Terminating',
        'Accepted=True Accepted',
        'Provisioned=True Running',
        'Stalled=True TerminationProtected',
      ],
    ],
  ])('%s', (_title, given, phase, conditions) => {
    const status = computeStatus(input(given));

    expect(said(status)).toEqual(conditions);
    expect(status.phase).toBe(phase);
  });
});
