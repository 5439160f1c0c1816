import { describe, expect, it } from '@jest/globals';
import type { AgentState } from '../../../controllers/workspace/agent.ts';
import {
  dueHibernation,
  isClaimBroken,
  secondsUntilDrained,
  secondsUntilIdleLook,
} from '../../../controllers/workspace/hibernation.ts';
import type { Hibernation } from '../../../store/workspace-facts.ts';
import type { AgentReport, WorkspaceRecord } from '../../../store/workspace-view.ts';
import { claim, report } from './agent.builders.ts';
import { NOW, ago, record } from './builders.ts';

const WANTED = { hibernateAfterSeconds: 600 };
const SILENT: AgentState = { kind: 'Lost', report: report({ activityAt: ago(9999) }) };

function beating(overrides: Partial<AgentReport> = {}): AgentState {
  return { kind: 'Beating', isDegraded: false, report: report(overrides) };
}

const IDLE = beating({ activityAt: ago(600) });
const WORKING = beating({ activeTasks: 1, activityAt: ago(9999) });

describe('a claim', () => {
  it.each<readonly [string, Partial<WorkspaceRecord>, AgentState, object]>([
    ['of one that is idle', {}, IDLE, { reason: 'Idle' }],
    [
      'that is declared, whether or not it is idle',
      { spec: { desiredState: 'Hibernated' } },
      beating(),
      { reason: 'Declared', generation: 1 },
    ],
    [
      'that is asked for, with the request it answers',
      { requests: { hibernateRequestedAt: 'now' } },
      beating(),
      { reason: 'Requested', request: 'now' },
    ],
    [
      'that is asked for and declared: it outlives the declaration',
      { requests: { hibernateRequestedAt: 'now' }, spec: { desiredState: 'Hibernated' } },
      beating(),
      { reason: 'Requested', request: 'now', generation: 1 },
    ],
    [
      'that is asked for by force, active tasks or not',
      { requests: { hibernateRequestedAt: 'now', hibernateForced: 'true' } },
      WORKING,
      { reason: 'Requested', isForced: true },
    ],
    [
      'that remembers which wish to wake was known',
      { requests: { wakeRequestedAt: 'before' } },
      IDLE,
      { wakeRequest: 'before', claimedAt: NOW.toISOString() },
    ],
  ])('is due %s', (_title, overrides, agent, expected) => {
    const due = dueHibernation(record(overrides), { wanted: WANTED, agent, now: NOW });

    expect(due).toMatchObject(expected);
  });

  it.each<readonly [string, Partial<WorkspaceRecord>, AgentState]>([
    ['of one that was active a minute ago', {}, beating()],
    ['of one that works', {}, WORKING],
    ['of one that is silent: nobody knows what it does', {}, SILENT],
    [
      'of one that works, although it is declared',
      { spec: { desiredState: 'Hibernated' } },
      WORKING,
    ],
    [
      'of one that worked when it fell silent, although it is asked for',
      { requests: { hibernateRequestedAt: 'now' } },
      { kind: 'Lost', report: report({ activeTasks: 1, heartbeatAt: ago(999) }) },
    ],
    [
      'of one that works, although it is asked for',
      { requests: { hibernateRequestedAt: 'now' } },
      WORKING,
    ],
    [
      'of a generation that was claimed before',
      { spec: { desiredState: 'Hibernated' }, hibernation: claim({ reason: 'Declared' }) },
      beating(),
    ],
    [
      'for a request that was answered before',
      {
        requests: { hibernateRequestedAt: 'now' },
        hibernation: claim({ reason: 'Requested', request: 'now' }),
      },
      beating(),
    ],
  ])('is not due %s', (_title, overrides, agent) => {
    const resting = { wanted: WANTED, agent, now: NOW };

    expect(dueHibernation(record(overrides), resting)).toBeUndefined();
  });

  it('is never due by idleness where no time is declared', () => {
    expect(dueHibernation(record(), { wanted: {}, agent: IDLE, now: NOW })).toBeUndefined();
  });

  it.each<readonly [string, Partial<Hibernation>, AgentState, boolean]>([
    ['is broken by a task', {}, WORKING, true],
    ['is not broken by a task when it is forced', { isForced: true }, WORKING, false],
    ['is not broken by a heartbeat', {}, beating(), false],
    ['is not broken by silence', {}, SILENT, false],
  ])('%s', (_title, overrides, agent, expected) => {
    expect(isClaimBroken(claim(overrides), agent)).toBe(expected);
  });
});

describe('the next look for idleness', () => {
  it.each<readonly [string, AgentState, number | undefined, Partial<WorkspaceRecord>?]>([
    ['comes when it will have been idle for long enough', beating(), 540],
    ['of one that works comes a whole time later', WORKING, 600],
    [
      'of one that works comes with its next heartbeat when it is asked to hibernate',
      WORKING,
      30,
      { requests: { hibernateRequestedAt: 'now' } },
    ],
    [
      'of one that works comes with its next heartbeat when it is declared so',
      WORKING,
      30,
      { spec: { desiredState: 'Hibernated' } },
    ],
    ['of one that is silent comes with its next word', SILENT, undefined],
  ])('%s', (_title, agent, seconds, overrides = {}) => {
    const look = secondsUntilIdleLook(record(overrides), { wanted: WANTED, agent, now: NOW });

    expect(look).toBe(seconds);
  });
});

describe('a claimed agent', () => {
  it.each<readonly [string, Partial<Hibernation>, AgentState, number]>([
    ['has 30 seconds from the claim on', {}, beating({ heartbeatAt: ago(15) }), 20],
    ['is done when it has spoken since', {}, beating({ heartbeatAt: ago(5) }), 0],
    ['is done when it is silent', {}, SILENT, 0],
    ['has no time when it is forced', { isForced: true }, WORKING, 0],
  ])('%s', (_title, overrides, agent, seconds) => {
    expect(secondsUntilDrained(claim(overrides), agent, NOW)).toBe(seconds);
  });
});
