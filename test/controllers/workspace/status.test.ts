import { describe, expect, it } from '@jest/globals';
import type { Condition, WorkspaceStatus } from '../../../api/conditions.ts';
import { computeStatus } from '../../../controllers/workspace/status.ts';
import type { StatusInput } from '../../../controllers/workspace/status-input.ts';
import type { WorkspaceRecord } from '../../../store/workspace-view.ts';
import { ACCEPTED, NOW, ago, known, launch, record, seen, unknown, view } from './builders.ts';

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

function of(status: WorkspaceStatus, type: string): Condition | undefined {
  return status.conditions.find((one) => one.type === type);
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

describe('a status', () => {
  it('names the backend that cannot be listed, as long as nothing was launched', () => {
    const blind = input({ view: view({ launches: [] }), observation: unknown() });

    expect(of(computeStatus(blind), 'Provisioned')).toMatchObject({
      reason: 'LaunchPending',
      message:
        'nothing is launched before backend "process" can be listed; treeline doctor tells more',
    });
  });

  it.each(['pending', 'launched'] as const)(
    'names the backend of a launch that is %s when it is not configured any more',
    (state) => {
      const observation = { ...unknown(), unconfigured: 'docker' };
      const lost = input({ view: view({ launches: [launch({ state })] }), observation });

      expect(of(computeStatus(lost), 'Provisioned')).toMatchObject({
        status: 'Unknown',
        message: 'backend "docker" of its last launch is not configured here; configure it again',
      });
    },
  );

  it('says where the instance is, what it was made of, and how its children are', () => {
    const parent = record({ parentId: 'uid-bob', parentName: 'bob' });

    const status = computeStatus(
      input({
        view: view({ record: parent, children: { total: 3, ready: 2 } }),
        acceptance: { ...ACCEPTED, lineage: { depth: 1, effectiveState: 'Running' } },
        observation: known(seen({ url: 'http://127.0.0.1:20003' })),
      }),
    );

    expect(status).toMatchObject({
      observedGeneration: 1,
      url: 'http://127.0.0.1:20003',
      backend: {
        type: 'process',
        id: 'i-1',
        attempt: 1,
        launchedAt: ago(3600).toISOString(),
      },
      resolved: { runtime: 'sample', tier: 2, class: 'local', configRevision: 'config-1' },
      parentUID: 'uid-bob',
      depth: 1,
      children: { total: 3, ready: 2 },
    });
  });

  it('shows no address of an instance that does not run', () => {
    const stopped = seen({ state: 'stopped', url: 'http://127.0.0.1:20003' });

    expect(computeStatus(input({ observation: known(stopped) }))).not.toHaveProperty('url');
  });

  it('keeps failures, the next attempt and the evidence of the last exit', () => {
    const status = computeStatus(
      input({
        view: view({ record: record({ failures: FAILURES }) }),
        observation: ENDED,
        action: WAITING,
      }),
    );

    expect(status).toMatchObject({
      failures: {
        count: 2,
        lastReason: 'CrashLoopBackOff',
        nextAttemptAt: new Date(ago(5).getTime() + 20_000).toISOString(),
      },
      lastExit: { attempt: 1, code: 1, log: 'starting\nno config\n' },
    });
    expect(of(status, 'Provisioned')?.message).toBe(
      'the agent exited with code 1; last log line: no config',
    );
  });

  it('moves the time of a condition only when its status flips', () => {
    const before: WorkspaceStatus = {
      ...ONLINE,
      conditions: ONLINE.conditions.map((one) => ({
        ...one,
        lastTransitionTime: ago(900).toISOString(),
      })),
    };

    const after = computeStatus(
      input({ view: view({ record: record({ status: before }) }), isAnswering: false }),
    );

    expect(of(after, 'Ready')?.lastTransitionTime).toBe(NOW.toISOString());
    expect(of(after, 'Accepted')?.lastTransitionTime).toBe(ago(900).toISOString());
  });

  it('speaks for the generation that was seen, in every condition', () => {
    const status = computeStatus(input({ view: view({ record: record({ generation: 7 }) }) }));

    expect(status.observedGeneration).toBe(7);
    expect(status.conditions.map(({ observedGeneration }) => observedGeneration)).toEqual([
      7, 7, 7,
    ]);
  });

  it('is the same for the same input, so that a steady fleet costs no write', () => {
    const again = input({ view: view({ record: record({ status: ONLINE }) }), now: ago(-60) });

    expect(computeStatus(again)).toEqual(ONLINE);
  });

  it('cuts messages at 300 characters', () => {
    const error = { reason: 'ReconcileFailed', message: 'x'.repeat(1000) } as const;

    expect(of(computeStatus(input({ error })), 'Provisioned')?.message).toHaveLength(300);
  });
});
