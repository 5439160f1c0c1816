import { describe, expect, it } from '@jest/globals';
import type { SeenInstance } from '../../../controllers/backend-list.ts';
import { plan } from '../../../controllers/workspace/plan.ts';
import type { PlanInput } from '../../../controllers/workspace/situation.ts';
import {
  ACCEPTED,
  PAUSED,
  REFUSED,
  ago,
  known,
  launch,
  planInput,
  record,
  seen,
} from './builders.ts';

const DELETED = record({ deletionRequestedAt: ago(5) });
const EXIT = { code: 1, at: ago(30), log: 'no config\n' };
const NOTHING = known();

/** As a backend shows it that cannot tell what an instance was started with. */
const WITHOUT_CONFIG_HASH = withoutConfigHash(seen());

/** A case: what is seen and wanted, and the step that follows. */
type Case = readonly [string, Partial<PlanInput>, object];

function failed(overrides: object) {
  return record({
    failures: {
      count: 1,
      lastReason: 'CrashLoopBackOff',
      lastMessage: '',
      lastAt: ago(4).toISOString(),
      generation: 1,
      ...overrides,
    },
  });
}

function withoutConfigHash({ backend, instance }: SeenInstance): SeenInstance {
  const { id, state, marks, launchedAt } = instance;
  return { backend, instance: { id, state, marks, launchedAt } };
}

describe('the plan for an instance that runs', () => {
  it.each<Case>([
    ['as it is wanted: nothing', {}, { kind: 'None' }],
    ['of a paused workspace: stop', { acceptance: PAUSED }, { kind: 'Stop', reason: 'Paused' }],
    [
      'below a paused ancestor: stop',
      { acceptance: { ...ACCEPTED, lineage: { depth: 1, effectiveState: 'AncestorPaused' } } },
      { kind: 'Stop', reason: 'Paused' },
    ],
    ['of a declaration that is not accepted: nothing', { acceptance: REFUSED }, { kind: 'None' }],
    [
      'of one that is paused and not accepted: stop',
      { acceptance: { ...REFUSED, lineage: { depth: 0, effectiveState: 'Paused' } } },
      { kind: 'Stop', reason: 'Paused' },
    ],
    [
      'with another configuration: stop, to be started with the new one',
      { observation: known(seen({ configHash: 'config-0' })) },
      { kind: 'Stop', reason: 'ConfigChanged' },
    ],
    [
      'whose backend cannot tell the configuration: what its row says',
      {
        observation: known(WITHOUT_CONFIG_HASH),
        launches: [launch({ configHash: 'config-0' })],
      },
      { kind: 'Stop', reason: 'ConfigChanged' },
    ],
    [
      'with other inputs: replace',
      { launches: [launch({ inputsHash: 'inputs-0' })] },
      { kind: 'Replace' },
    ],
    [
      'with other inputs, where a person replaces: nothing',
      { launches: [launch({ inputsHash: 'inputs-0' })], replacesAutomatically: false },
      { kind: 'None' },
    ],
    [
      'with inputs that nobody knows any more: nothing',
      { launches: [launch({ inputsHash: '', configHash: '' })] },
      { kind: 'None' },
    ],
    [
      'of a deleted workspace: terminate by its id',
      { record: DELETED },
      { kind: 'Terminate', instanceId: 'i-1', attempt: 1, reason: 'Deleted' },
    ],
    [
      'of a deleted workspace that is not accepted: terminate',
      { record: DELETED, acceptance: REFUSED },
      { kind: 'Terminate', reason: 'Deleted' },
    ],
    [
      'of a deleted workspace with children that go too: wait for them',
      { record: DELETED, hasDeletingChildren: true },
      { kind: 'Wait', reason: 'ChildrenFirst' },
    ],
    [
      'of an attempt that is being replaced: terminate, although one is wanted',
      { launches: [launch({ state: 'closing' })] },
      { kind: 'Terminate', reason: 'Replaced' },
    ],
    [
      'and is protected: wait for a person',
      { record: DELETED, observation: known(seen({ isProtected: true })) },
      { kind: 'Wait', reason: 'TerminationProtected' },
    ],
    [
      'and is protected by its declaration: wait for a person',
      {
        record: record({
          deletionRequestedAt: ago(5),
          annotations: { 'treeline.dev/gc-protect': 'true' },
        }),
      },
      { kind: 'Wait', reason: 'TerminationProtected' },
    ],
    [
      'and is protected by a declaration that says no: terminate',
      {
        record: record({
          deletionRequestedAt: ago(5),
          annotations: { 'treeline.dev/gc-protect': 'false' },
        }),
      },
      { kind: 'Terminate', reason: 'Deleted' },
    ],
    [
      'well for ten minutes after failures: forget them',
      { record: failed({}), observation: known(seen({ startedAt: ago(600) })) },
      { kind: 'ClearFailures' },
    ],
    [
      'for less than that after failures: look again when it was',
      { record: failed({}), observation: known(seen({ startedAt: ago(599) })) },
      { kind: 'Wait', reason: 'Recovering', afterSeconds: 1 },
    ],
  ])('%s', (_title, given, action) => {
    expect(plan(planInput(given))).toMatchObject(action);
  });
});

describe('the plan for an instance in another state', () => {
  it.each<Case>([
    ['stopped by us: start', { observation: known(seen({ state: 'stopped' })) }, { kind: 'Start' }],
    [
      'stopped, of a paused workspace: nothing',
      { observation: known(seen({ state: 'stopped' })), acceptance: PAUSED },
      { kind: 'None' },
    ],
    [
      'stopped, of a declaration that is not accepted: nothing',
      { observation: known(seen({ state: 'stopped' })), acceptance: REFUSED },
      { kind: 'None' },
    ],
    [
      'stopped, with other inputs: replace and do not start the old one',
      {
        observation: known(seen({ state: 'stopped' })),
        launches: [launch({ inputsHash: 'inputs-0' })],
      },
      { kind: 'Replace' },
    ],
    [
      'stopped, of a deleted workspace: terminate',
      { observation: known(seen({ state: 'stopped' })), record: DELETED },
      { kind: 'Terminate', reason: 'Deleted' },
    ],
    [
      'ended by itself: keep the evidence first',
      { observation: known(seen({ state: 'stopped', exit: EXIT })) },
      { kind: 'RecordExit', exit: EXIT },
    ],
    [
      'ended by itself, of a paused workspace: nothing',
      { observation: known(seen({ state: 'stopped', exit: EXIT })), acceptance: PAUSED },
      { kind: 'None' },
    ],
    [
      'ended by itself and recorded: wait 10 s from then',
      {
        observation: known(seen({ state: 'stopped', exit: EXIT })),
        record: failed({ exit: { ...EXIT, attempt: 1, at: EXIT.at.toISOString() } }),
      },
      { kind: 'Wait', reason: 'Backoff', afterSeconds: 6 },
    ],
    [
      'ended by itself for the fourth time: wait 80 s',
      {
        observation: known(seen({ state: 'stopped', exit: EXIT })),
        record: failed({ count: 4, exit: { ...EXIT, attempt: 1, at: EXIT.at.toISOString() } }),
      },
      { kind: 'Wait', reason: 'Backoff', afterSeconds: 76 },
    ],
    [
      'ended by itself for the twentieth time: wait five minutes',
      {
        observation: known(seen({ state: 'stopped', exit: EXIT })),
        record: failed({ count: 20, exit: { ...EXIT, attempt: 1, at: EXIT.at.toISOString() } }),
      },
      { kind: 'Wait', reason: 'Backoff', afterSeconds: 296 },
    ],
    [
      'ended by itself, and the wait is over: start',
      {
        observation: known(seen({ state: 'stopped', exit: EXIT })),
        record: failed({
          lastAt: ago(11).toISOString(),
          exit: { ...EXIT, attempt: 1, at: EXIT.at.toISOString() },
        }),
      },
      { kind: 'Start' },
    ],
    [
      'ended by itself, and the spec was edited since: start at once',
      {
        observation: known(seen({ state: 'stopped', exit: EXIT })),
        record: {
          ...failed({ exit: { ...EXIT, attempt: 1, at: EXIT.at.toISOString() } }),
          generation: 2,
        },
      },
      { kind: 'Start' },
    ],
    [
      'ended by itself, and somebody asked for a pass: start at once',
      {
        observation: known(seen({ state: 'stopped', exit: EXIT })),
        record: {
          ...failed({ exit: { ...EXIT, attempt: 1, at: EXIT.at.toISOString() } }),
          annotations: { 'treeline.dev/reconcile-requested-at': 'now' },
        },
      },
      { kind: 'Start' },
    ],
    [
      'starting: wait',
      { observation: known(seen({ state: 'pending' })) },
      { kind: 'Wait', reason: 'Starting' },
    ],
    [
      'starting, of a paused workspace: stop',
      { observation: known(seen({ state: 'pending' })), acceptance: PAUSED },
      { kind: 'Stop', reason: 'Paused' },
    ],
    [
      'stopping: wait',
      { observation: known(seen({ state: 'stopping' })) },
      { kind: 'Wait', reason: 'Stopping' },
    ],
    [
      'terminating: wait, do not launch beside it',
      { observation: known(seen({ state: 'terminating' })) },
      { kind: 'Wait', reason: 'Terminating' },
    ],
    [
      'terminated: close the attempt as lost',
      { observation: known(seen({ state: 'terminated' })) },
      { kind: 'CloseAttempt', reason: 'InstanceLost' },
    ],
    [
      'terminated, of a deleted workspace: close the attempt',
      { observation: known(seen({ state: 'terminated' })), record: DELETED },
      { kind: 'CloseAttempt', reason: 'Terminated' },
    ],
  ])('%s', (_title, given, action) => {
    expect(plan(planInput(given))).toMatchObject(action);
  });
});

describe('the plan for a launched instance that no list shows', () => {
  it.each<Case>([
    [
      'wait while a new one may be hidden',
      { launches: [launch({ lastSentAt: ago(5), launchedAt: ago(4) })] },
      { kind: 'Wait', reason: 'Settling', afterSeconds: 7 },
    ],
    ['then ask the provider', {}, { kind: 'VerifyAbsent', reason: 'InstanceLost' }],
    [
      'ask the provider also when it is deleted',
      { record: DELETED },
      { kind: 'VerifyAbsent', reason: 'Terminated' },
    ],
    [
      'ask the provider also when it is being replaced',
      { launches: [launch({ state: 'closing' })] },
      { kind: 'VerifyAbsent', reason: 'Terminated' },
    ],
  ])('%s', (_title, given, action) => {
    expect(plan(planInput({ ...given, observation: NOTHING }))).toMatchObject(action);
  });
});
