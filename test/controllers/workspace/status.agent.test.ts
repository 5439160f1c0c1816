import { describe, expect, it } from '@jest/globals';
import type { Condition, WorkspaceStatus } from '../../../api/conditions.ts';
import { computeStatus } from '../../../controllers/workspace/status.ts';
import type { StatusInput } from '../../../controllers/workspace/status-input.ts';
import type { WorkspaceView } from '../../../store/workspace-view.ts';
import { claim, registering, report } from './agent.builders.ts';
import { NOW, PAUSED, ago, known, launch, record, seen, view } from './builders.ts';

const STOPPED = known(seen({ state: 'stopped' }));
const CLOSED = [launch({ state: 'closed' })];
const FAILURES = {
  count: 5,
  lastReason: 'ProvisionTimeout',
  lastMessage: 'started 10m ago, the agent never registered',
  lastAt: ago(5).toISOString(),
  generation: 1,
};

/** Of one whose agent registers; `seenOf` is what a pass read of it. */
function statusOf(
  seenOf: Partial<WorkspaceView> = {},
  overrides: Partial<StatusInput> = {},
): WorkspaceStatus {
  return computeStatus({
    view: view(seenOf),
    acceptance: registering(),
    observation: known(seen()),
    action: { kind: 'None' },
    now: NOW,
    ...overrides,
  });
}

function of({ conditions }: WorkspaceStatus, type: string): Condition | undefined {
  return conditions.find((one) => one.type === type);
}

describe('the status of an agent that registers', () => {
  it.each<readonly [string, WorkspaceStatus, object]>([
    [
      'awaited',
      statusOf(),
      {
        phase: 'Provisioning',
        Ready: 'AwaitingHeartbeat',
        Available: 'AwaitingAgent',
        Registered: 'AwaitingHeartbeat',
      },
    ],
    [
      'beating',
      statusOf({ report: report() }),
      { phase: 'Online', Ready: 'Online', Available: 'Heartbeating', Registered: 'Registered' },
    ],
    [
      'degraded',
      statusOf({ report: report({ isDegraded: true }) }),
      { phase: 'Degraded', Ready: 'Online', Available: 'Heartbeating', Registered: 'Registered' },
    ],
    [
      'silent',
      statusOf({ report: report({ heartbeatAt: ago(181) }) }),
      {
        phase: 'Offline',
        Ready: 'HeartbeatLost',
        Available: 'HeartbeatLost',
        Registered: 'Registered',
      },
    ],
    [
      'draining',
      statusOf({ record: record({ hibernation: claim() }), report: report() }),
      {
        phase: 'Hibernating',
        Ready: 'Provisioning',
        Available: 'Hibernated',
        Registered: 'Registered',
      },
    ],
    [
      'hibernated',
      statusOf({ record: record({ hibernation: claim() }) }, { observation: STOPPED }),
      { phase: 'Hibernated', Ready: 'Hibernated', Available: 'Hibernated', Registered: undefined },
    ],
    [
      'paused',
      statusOf(
        {},
        { observation: STOPPED, acceptance: { ...registering(), lineage: PAUSED.lineage } },
      ),
      { phase: 'Paused', Ready: 'Paused', Available: 'Paused', Registered: undefined },
    ],
    [
      'without an instance after a time-out',
      statusOf(
        { record: record({ failures: FAILURES }), launches: CLOSED },
        { observation: known() },
      ),
      {
        phase: 'Failed',
        Ready: 'ProvisionTimeout',
        Available: 'NotProvisioned',
        Registered: 'ProvisionTimeout',
      },
    ],
    [
      'without credentials',
      statusOf({ launches: [launch({ hasCredentials: false })], report: report() }),
      {
        phase: 'Provisioning',
        Ready: 'Provisioning',
        Available: 'NotProvisioned',
        Provisioned: 'LaunchPending',
      },
    ],
  ])('%s', (_title, status, { phase, ...reasons }: { readonly phase?: string }) => {
    const found = Object.keys(reasons).map((type) => [type, of(status, type)?.reason]);

    expect(status.phase).toBe(phase);
    expect(Object.fromEntries(found)).toEqual(reasons);
  });

  it('says why it is degraded, without numbers that move', () => {
    const sampleError = '429 from the model';
    const failing = statusOf({ report: report({ isDegraded: true, sampleError }) });
    const wedged = statusOf({ report: report({ isDegraded: true, runtimeState: 'wedged' }) });

    expect(of(failing, 'Available')?.message).toContain('for example: 429 from the model');
    expect(of(wedged, 'Available')?.message).toContain('its runtime is wedged');
  });

  it('is given up with the cause of the last attempt', () => {
    const seenOf = { record: record({ failures: FAILURES }), launches: CLOSED };
    const action = { kind: 'Wait', reason: 'AttemptsExhausted' } as const;

    const status = statusOf(seenOf, { observation: known(), action });

    expect(of(status, 'Stalled')).toMatchObject({
      status: 'True',
      reason: 'AttemptsExhausted',
      message: expect.stringContaining(FAILURES.lastMessage),
    });
    expect(of(status, 'Reconciling')).toBeUndefined();
  });

  it('says nothing of registering where no agent registers', () => {
    const status = statusOf({}, { acceptance: registering({ registers: false }) });

    expect(of(status, 'Registered')).toBeUndefined();
    expect(of(status, 'Available')).toBeUndefined();
    expect(status.lastHeartbeatTime).toBeUndefined();
  });
});

describe('the time of the last heartbeat', () => {
  const BEFORE = statusOf({ report: report({ heartbeatAt: ago(100) }) });
  const later = (heartbeatSecondsAgo: number) =>
    statusOf({
      record: record({ status: BEFORE }),
      report: report({ heartbeatAt: ago(heartbeatSecondsAgo) }),
    });

  it('stays while the agent beats: no heartbeat is a write', () => {
    expect(BEFORE.lastHeartbeatTime).toBe(ago(100).toISOString());
    expect(later(5)).toEqual(BEFORE);
  });

  it('is that of the last one when it falls silent', () => {
    expect(later(181).lastHeartbeatTime).toBe(ago(181).toISOString());
  });
});

describe('where an agent listens', () => {
  it.each([
    ['is what it said, on a machine', 'ec2/us-east-1', 'http://10.0.0.7:8000'],
    ['is what the backend knows, as a process', 'process', undefined],
  ])('%s', (_title, backend, url) => {
    const status = statusOf(
      { launches: [launch({ backend })], report: report({ url: 'http://10.0.0.7:8000' }) },
      { observation: known({ ...seen(), backend }) },
    );

    expect(status.url).toBe(url);
  });
});
