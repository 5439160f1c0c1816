import { describe, expect, it } from '@jest/globals';
import { plan } from '../../../controllers/workspace/plan.ts';
import type { PlanInput } from '../../../controllers/workspace/situation.ts';
import { claim, registering, report } from './agent.builders.ts';
import { PAUSED, ago, known, launch, planInput, record, seen } from './builders.ts';

type Case = readonly [string, Partial<PlanInput>, object];

const STARTED = (secondsAgo: number) => known(seen({ startedAt: ago(secondsAgo) }));
const STOPPED = known(seen({ state: 'stopped' }));
const SILENT = report({ heartbeatAt: ago(181) });
const WORKING = report({ activeTasks: 1, activityAt: ago(5) });
const IDLE = report({ activityAt: ago(601) });
const SLEEPY = registering({ hibernateAfterSeconds: 600 });

function failed(count: number, lastReason: string, timeOuts = 0) {
  const lastAt = ago(4).toISOString();
  return record({
    failures: { count, timeOuts, lastReason, lastMessage: '', lastAt, generation: 1 },
  });
}

/** So many time-outs in a row, the last of so many failures. */
function timedOut(timeOuts: number, count = timeOuts) {
  return failed(count, 'ProvisionTimeout', timeOuts);
}

function asleep(overrides: Parameters<typeof claim>[0] = {}) {
  return record({ hibernation: claim(overrides) });
}

function expectPlan([, given, expected]: Case): void {
  expect(plan(planInput({ acceptance: registering(), ...given }))).toMatchObject(expected);
}

describe('the plan for a running instance whose agent registers', () => {
  it.each<Case>([
    [
      'and has not spoken: wait for it',
      { observation: STARTED(60) },
      { kind: 'Wait', reason: 'AwaitingHeartbeat', afterSeconds: 540 },
    ],
    [
      'and has not spoken in time: give the attempt up',
      { observation: STARTED(600) },
      { kind: 'TimeOut', sinceSeconds: 600 },
    ],
    [
      'and has not spoken in time, but nobody has listened for long: wait for two heartbeats',
      { observation: STARTED(600), listenedSeconds: 10 },
      { kind: 'Wait', reason: 'AwaitingHeartbeat', afterSeconds: 50 },
    ],
    ['and beats: nothing', { report: report() }, { kind: 'None' }],
    [
      'and is silent, its port answering: nothing',
      { report: SILENT, isAnswering: true },
      { kind: 'None' },
    ],
    ['and is silent, its port not asked: nothing', { report: SILENT }, { kind: 'None' }],
    [
      'and is silent, its port closed: stop it',
      { report: SILENT, isAnswering: false },
      { kind: 'Stop', reason: 'HeartbeatLost' },
    ],
    [
      'and beats, its port closed: nothing',
      { report: report(), isAnswering: false },
      { kind: 'None' },
    ],
    [
      'and has no credentials any more: restart it',
      { report: report(), launches: [launch({ hasCredentials: false })] },
      { kind: 'Stop', reason: 'CredentialsLost' },
    ],
    [
      'and is paused in the meantime: stop it, time-out or not',
      { observation: STARTED(999), acceptance: PAUSED },
      { kind: 'Stop', reason: 'Paused' },
    ],
  ])('%s', (...one) => {
    expectPlan(one);
  });
});

describe('the plan after an agent failed', () => {
  it.each<Case>([
    [
      'by silence: start it again after the backoff',
      { observation: STOPPED, record: failed(1, 'HeartbeatLost') },
      { kind: 'Wait', reason: 'Backoff', afterSeconds: 6 },
    ],
    [
      'four times in time-outs: one more attempt after the backoff',
      { observation: known(), launches: [], record: timedOut(4) },
      { kind: 'Wait', reason: 'Backoff' },
    ],
    [
      'five times in time-outs: nothing until a person looks',
      { observation: known(), launches: [], record: timedOut(5) },
      { kind: 'Wait', reason: 'AttemptsExhausted' },
    ],
    [
      'five times, the last in a time-out: one more attempt after the backoff',
      { observation: known(), launches: [], record: timedOut(1, 5) },
      { kind: 'Wait', reason: 'Backoff' },
    ],
    [
      'five times, of an older generation: the next attempt',
      {
        observation: known(),
        launches: [],
        record: { ...timedOut(5), generation: 2 },
      },
      { kind: 'Prepare' },
    ],
  ])('%s', (...one) => {
    expectPlan(one);
  });
});

describe('the plan for an agent that may hibernate', () => {
  it.each<Case>([
    [
      'and was active a minute ago: look when it will have been idle for long enough',
      { report: report(), acceptance: SLEEPY },
      { kind: 'None', dueSeconds: 540 },
    ],
    [
      'and works: look when it could have been idle for long enough at the earliest',
      { report: WORKING, acceptance: SLEEPY },
      { kind: 'None', dueSeconds: 600 },
    ],
    [
      'and is idle: claim it, as of the activity that was looked at',
      { report: IDLE, acceptance: SLEEPY },
      { kind: 'Hibernate', claim: { reason: 'Idle', generation: 1 }, activityAt: ago(601) },
    ],
    [
      'and is claimed: let it drain',
      { report: report({ heartbeatAt: ago(15) }), record: asleep() },
      { kind: 'Wait', reason: 'Draining', afterSeconds: 20 },
    ],
    [
      'and has spoken since: stop it',
      { report: report(), record: asleep() },
      { kind: 'Stop', reason: 'Hibernated' },
    ],
    [
      'and got work since: leave it awake',
      { report: WORKING, record: asleep() },
      { kind: 'KeepAwake' },
    ],
    [
      'and got work since, but is forced: stop it',
      { report: WORKING, record: asleep({ isForced: true }) },
      { kind: 'Stop', reason: 'Hibernated' },
    ],
    ['and is stopped: leave it so', { record: asleep(), observation: STOPPED }, { kind: 'None' }],
    [
      'and is stopped, and woken: start it',
      {
        record: record({ hibernation: claim(), requests: { wakeRequestedAt: 'now' } }),
        observation: STOPPED,
      },
      { kind: 'Start' },
    ],
  ])('%s', (...one) => {
    expectPlan(one);
  });
});
