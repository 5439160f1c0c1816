import { describe, expect, it } from '@jest/globals';
import type { PlayedAgent } from '../support/played-agents.ts';
import { AgentInvariants } from './agent-invariants.ts';
import { QuotaInvariant } from './quota-invariant.ts';
import { RolloutInvariant } from './rollout-invariant.ts';
import type { ActivityFacts, LaunchFacts, RecordFacts, RowFacts } from './world.ts';

const AT = '2026-01-01T01:00:00.000Z';
const AT_MS = Date.parse(AT);
const ACCEPTED = {
  ...({ type: 'Accepted', status: 'True', reason: 'Accepted', message: '' } as const),
  ...{ lastTransitionTime: AT, observedGeneration: 1 },
};

function record(uid: string, change: Partial<RecordFacts> = {}): RecordFacts {
  return {
    ...{ uid, name: uid, generation: 1, observed_generation: 1, is_deleting: false },
    ...{ deletion_requested_at: null, phase: 'Online', ready: true, is_external: false },
    ...{ is_reset_asked: false, failed_at: null, attempt: 1, conditions: [ACCEPTED] },
    ...change,
  };
}

function launch(uid: string): LaunchFacts {
  const marks = { workspace_uid: uid, name: uid, attempt: 1, token: `${uid}-1` };
  return { ...marks, state: 'launched', instance_id: uid, inputs_hash: '' };
}

function event(uid: string, action: string, reason: string): ActivityFacts {
  return { ...{ id: 1, workspace_uid: uid, action, reason, at: AT }, attempt: 1 };
}

const BOUNDS = { max_unavailable: 1, max_workspaces: 1, paused_at: null, resumed_at: null };

function rows(change: Partial<RowFacts>): RowFacts {
  const nothing = { records: [], launches: [], reports: [], credentials: [], activity: [] };
  return { ...nothing, classes: [BOUNDS], ...change };
}

/** The one agent there is; it was heard at once and a moment ago. */
function agents(change: Partial<PlayedAgent> = {}) {
  const run: PlayedAgent = {
    ...{ uid: 'a', name: 'a', attempt: 1, token: '', instanceId: 'a' },
    ...{ startedMs: AT_MS - 400_000, madeMs: AT_MS - 400_000 },
    ...{ firstHeardMs: AT_MS - 400_000, lastHeardMs: AT_MS - 1000, isSilent: false },
    ...{ isPortClosed: false, activeTasks: 0, errorRate: 0, isHurried: false, ...change },
  };
  return { runsOf: (uid: string) => [{ ...run, uid }] };
}

const PROVISIONED = { ...ACCEPTED, type: 'Provisioned' } as const;
const REPORT = { workspace_uid: 'a', attempt: 1, heartbeat_at: AT };
const DELETED_BEFORE = '2026-01-01T00:59:00.000Z';

describe('what is checked of agents refuses', () => {
  it.each<[string, Partial<PlayedAgent>, Partial<RowFacts>]>([
    ['a report is of an attempt', {}, { records: [record('a')], reports: [REPORT] }],
    [
      'the tombstone wins',
      {},
      {
        records: [record('a', { is_deleting: true, deletion_requested_at: DELETED_BEFORE })],
        ...{ launches: [launch('a')], reports: [REPORT] },
      },
    ],
    ['without credentials', {}, { records: [record('a', { conditions: [PROVISIONED] })] }],
    ['this attempt was heard', {}, { records: [record('a', { attempt: 2 })] }],
    ['180 s of silence', {}, { activity: [event('a', 'Stopped', 'HeartbeatLost')] }],
    [
      'never spoke times out',
      {},
      { activity: [event('a', 'ProvisionTimeout', 'ProvisionTimeout')] },
    ],
    ['at its work', { activeTasks: 1 }, { activity: [event('a', 'Hibernated', 'Hibernated')] }],
    [
      'before its time',
      { lastBusyMs: AT_MS - 1000 },
      { activity: [event('a', 'Hibernating', 'Idle')] },
    ],
  ])('what breaks «%s»', (promise, agent, broken) => {
    const invariants = new AgentInvariants(agents(agent));

    expect(() => {
      invariants.check(rows(broken));
    }).toThrow(promise);
  });
});

const DOWN = { phase: 'Provisioning', ready: false } as const;
const CHANGE = event('a', 'Stopped', 'ConfigChanged');

describe('what is checked of rollouts refuses', () => {
  it('one more than maxUnavailable that goes down', () => {
    const invariants = new RolloutInvariant(undefined);
    invariants.check(rows({ records: [record('a'), record('b')] }));

    expect(() => {
      invariants.check(
        rows({
          records: [record('a', DOWN), record('b', DOWN)],
          activity: [event('b', 'Stopped', 'ConfigChanged'), CHANGE],
        }),
      );
    }).toThrow('at most maxUnavailable');
  });

  it('one that goes down while rollouts are paused', () => {
    const invariants = new RolloutInvariant(undefined);
    invariants.check(rows({ records: [record('a')] }));

    expect(() => {
      invariants.check(
        rows({ activity: [CHANGE], classes: [{ ...BOUNDS, paused_at: DELETED_BEFORE }] }),
      );
    }).toThrow('while rollouts are paused');
  });

  it('one that goes down after another one has failed', () => {
    const invariants = new RolloutInvariant(undefined);
    const failed = record('b', { ...DOWN, failed_at: DELETED_BEFORE });
    invariants.check(rows({ records: [record('a'), failed] }));

    expect(() => {
      invariants.check(rows({ records: [record('a', DOWN), failed], activity: [CHANGE] }));
    }).toThrow('the first failure stops a rollout');
  });
});

it('refuses an attempt past the quota', () => {
  const invariants = new QuotaInvariant();
  invariants.check(rows({ launches: [launch('a')] }));

  expect(() => {
    invariants.check(rows({ launches: [launch('a'), launch('b')] }));
  }).toThrow('past the quota');
});
