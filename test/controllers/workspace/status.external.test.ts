import { describe, expect, it } from '@jest/globals';
import type { Condition, WorkspaceStatus } from '../../../api/conditions.ts';
import type { WorkspaceSpec } from '../../../api/workspace.ts';
import type { Acceptance } from '../../../controllers/workspace/accept.ts';
import { computeStatus } from '../../../controllers/workspace/status.ts';
import type { StatusInput } from '../../../controllers/workspace/status-input.ts';
import type { WorkspaceView } from '../../../store/workspace-view.ts';
import { claim, report } from './agent.builders.ts';
import {
  ELSEWHERE,
  NOW,
  PAUSED,
  REFUSED,
  ago,
  known,
  launch,
  record,
  seen,
  view,
} from './builders.ts';

const URL = 'http://192.168.0.7:8000';
const WITHOUT: WorkspaceSpec = { external: {} };
const WITH: WorkspaceSpec = { external: { url: URL } };
const CLOSED = [launch({ state: 'closed' })];

interface Seen extends Partial<StatusInput> {
  readonly spec?: WorkspaceSpec;
  readonly of?: Partial<WorkspaceView>;
  /** What `Ready` said before. */
  readonly before?: Condition['reason'];
}

function statusOf({ spec = WITHOUT, of, before, ...overrides }: Seen = {}): WorkspaceStatus {
  const ready = {
    ...{ type: 'Ready', status: 'True', reason: before, message: '' },
    ...{ observedGeneration: 1, lastTransitionTime: ago(60).toISOString() },
  } as Condition;
  const status = { phase: 'Online', conditions: [ready] } as unknown as WorkspaceStatus;
  const earlier = before === undefined ? {} : { status };
  return computeStatus({
    view: view({
      record: record({ spec, externalAttempt: 1, ...earlier }),
      launches: [],
      classes: [],
      ...of,
    }),
    acceptance: ELSEWHERE,
    observation: known(),
    action: { kind: 'None' },
    now: NOW,
    ...overrides,
  });
}

function of({ conditions }: WorkspaceStatus, type: string): Condition | undefined {
  return conditions.find((one) => one.type === type);
}

const paused = (effectiveState: 'Paused' | 'AncestorPaused'): Acceptance => ({
  ...ELSEWHERE,
  lineage: { ...PAUSED.lineage, effectiveState },
});

describe('the status of an agent that runs elsewhere', () => {
  it.each<readonly [string, Seen, object]>([
    [
      'awaited',
      {},
      {
        phase: 'AwaitingAgent',
        Ready: 'AwaitingAgent',
        Available: 'AwaitingAgent',
        Registered: 'AwaitingHeartbeat',
      },
    ],
    [
      'awaited after a class ran it, whatever failed or slept then',
      { of: { record: record({ spec: WITHOUT, hibernation: claim() }), launches: CLOSED } },
      { phase: 'AwaitingAgent', Ready: 'AwaitingAgent', Reconciling: undefined },
    ],
    [
      'beating',
      { of: { report: report() } },
      { phase: 'Online', Ready: 'Online', Available: 'Heartbeating', Registered: 'Registered' },
    ],
    [
      'degraded',
      { of: { report: report({ isDegraded: true }) } },
      { phase: 'Degraded', Ready: 'Online', Available: 'Heartbeating', Registered: 'Registered' },
    ],
    [
      'heard of within 90 seconds',
      { of: { report: report({ heartbeatAt: ago(90) }) } },
      { phase: 'Online', Ready: 'Online' },
    ],
    [
      'silent for longer',
      { of: { report: report({ heartbeatAt: ago(91) }) } },
      {
        phase: 'Offline',
        Ready: 'HeartbeatLost',
        Available: 'HeartbeatLost',
        Registered: 'Registered',
      },
    ],
    [
      'paused',
      { acceptance: paused('Paused'), of: { report: report() } },
      { phase: 'Paused', Ready: 'Paused', Available: 'Paused', Registered: 'Registered' },
    ],
    [
      'below one that is paused',
      { acceptance: paused('AncestorPaused') },
      { phase: 'Paused', Ready: 'AncestorPaused', Available: 'Paused' },
    ],
    [
      'not accepted',
      { acceptance: { ...REFUSED, reason: 'MissingEnv', message: 'A is missing' } },
      { phase: 'Failed', Ready: 'MissingEnv', Accepted: 'MissingEnv' },
    ],
    [
      'that nobody may call',
      { acceptance: { ...REFUSED, reason: 'InvalidSpec', message: 'spec.external.url ...' } },
      { phase: 'Failed', Ready: 'InvalidSpec', Stalled: 'InvalidSpec' },
    ],
    [
      'being deleted',
      { of: { record: record({ spec: WITHOUT, deletionRequestedAt: NOW }) } },
      { phase: 'Terminating', Ready: 'Terminating' },
    ],
    [
      'after an error that nobody expected',
      { error: { reason: 'ReconcileFailed', message: 'an unexpected error' } },
      { Ready: 'ReconcileFailed', Provisioned: undefined },
    ],
  ])('%s', (_title, input, { phase, ...reasons }: { readonly phase?: string }) => {
    const status = statusOf(input);
    const found = Object.keys(reasons).map((type) => [type, of(status, type)?.reason]);

    expect({ phase: phase && status.phase, ...Object.fromEntries(found) }).toEqual({
      phase,
      ...reasons,
    });
    expect(of(status, 'Provisioned')).toBeUndefined();
  });

  it.each<readonly [string, Seen, object]>([
    [
      'answers',
      { answer: { isAnswering: true } },
      { phase: 'Online', Ready: 'Online', Registered: undefined, Available: undefined },
    ],
    [
      'does not answer yet',
      { answer: { isAnswering: false } },
      { phase: 'AwaitingAgent', Ready: 'AwaitingAgent', Registered: undefined },
    ],
    [
      'does not answer any more',
      { answer: { isAnswering: false }, before: 'Online' },
      { phase: 'Offline', Ready: 'HeartbeatLost' },
    ],
    [
      'still does not answer',
      { answer: { isAnswering: false }, before: 'HeartbeatLost' },
      { phase: 'Offline', Ready: 'HeartbeatLost' },
    ],
    ['was not asked yet', {}, { phase: 'AwaitingAgent', Ready: 'AwaitingAgent' }],
    [
      'was not asked since a restart of the controller',
      { before: 'Online' },
      { phase: 'Online', Ready: 'Online' },
    ],
    [
      'does not answer, and the agent beats',
      { answer: { isAnswering: false }, of: { report: report() } },
      { phase: 'Online', Ready: 'Online', Registered: 'Registered', Available: 'Heartbeating' },
    ],
    [
      'answers, and the agent has gone silent',
      { answer: { isAnswering: true }, of: { report: report({ heartbeatAt: ago(91) }) } },
      { phase: 'Offline', Ready: 'HeartbeatLost', Available: 'HeartbeatLost' },
    ],
  ])('whose declared address %s', (_title, input, { phase, ...reasons }: { phase?: string }) => {
    const status = statusOf({ spec: WITH, ...input });
    const found = Object.keys(reasons).map((type) => [type, of(status, type)?.reason]);

    expect(status.phase).toBe(phase);
    expect(Object.fromEntries(found)).toEqual(reasons);
  });

  it('says how to connect one, with the namespace where it is needed', () => {
    const inTeam = { record: record({ namespace: 'team', spec: WITHOUT }) };

    expect(of(statusOf(), 'Ready')?.message).toContain('"treeline connect ada"');
    expect(of(statusOf({ of: inTeam }), 'Ready')?.message).toContain('connect ada -n team"');
  });

  it('says why a declared address is not asked', () => {
    const answer = { isAnswering: false, refusal: 'has a host name that does not resolve' };

    expect(of(statusOf({ spec: WITH, answer }), 'Ready')?.message).toBe(
      'spec.external.url has a host name that does not resolve',
    );
  });

  it('shows what it should run with, and no class', () => {
    expect(statusOf().resolved).toEqual({
      runtime: 'sample',
      tier: 2,
      model: 'sonnet',
      configRevision: 'config-1',
    });
  });

  it('shows the declared address before the registered one', () => {
    const registered = { report: report({ url: 'http://10.0.0.1' }) };

    expect(statusOf({ of: registered }).url).toBe('http://10.0.0.1');
    expect(statusOf({ spec: WITH, of: registered }).url).toBe(URL);
    expect(statusOf()).not.toHaveProperty('url');
  });

  it('is that of the instance while one is left', () => {
    const leaving = {
      ...{ record: record({ spec: WITHOUT }), launches: [launch({ state: 'closing' })] },
    };
    const status = statusOf({ of: leaving, observation: known(seen()) });

    expect(of(status, 'Ready')).toMatchObject({ status: 'False', reason: 'Replacing' });
    expect(of(status, 'Provisioned')).toBeDefined();
  });
});
