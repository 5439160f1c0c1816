import { expect } from '@jest/globals';
import { inTransaction, type Db } from '../../store/db.ts';
import { pauseRollout, resumeRollout, type RolloutTarget } from '../../store/rollout-words.ts';
import type { Harness } from '../support/harness.ts';
import { processClass } from '../support/manifests.ts';
import { versionOf, type Tree } from '../support/rollout-story.ts';
import { BYSTANDER, type CrashScenario } from './crash-case.ts';
import { ourInstances } from './world.ts';

const FAMILY: Tree = { subject: {}, child: { parent: 'subject' } };
/** Room for both at once: it is the order that keeps the child up. */
const ROOMY = processClass({ rollout: { maxUnavailable: 5 } });

async function arrangeFamily(harness: Harness): Promise<void> {
  await harness.apply(ROOMY, BYSTANDER, ...versionOf('1', FAMILY));
  await harness.settle();
}

/** The calls that changed an instance of the workspace, by number. */
function callsOf(harness: Harness, name: string, method: string): readonly number[] {
  const id = ourInstances(harness).find(({ marks }) => marks.name === name)?.id;
  return harness.backend.calls.flatMap((call, at) =>
    call.method === method && call.target === id ? [at] : [],
  );
}

/** The parent was started with the change before its child was stopped for it. */
function expectParentFirst(harness: Harness): void {
  const [started = Infinity] = callsOf(harness, 'subject', 'start');
  const [stopped = -1] = callsOf(harness, 'child', 'stop');
  expect(started).toBeLessThan(stopped);
}

const LOCAL: RolloutTarget = { kind: 'WorkspaceClass', namespace: '', name: 'local' };
const WAITING = { subject: 'waiting', child: 'waiting' } as const;
const RUNNING = { subject: 'running', child: 'running' } as const;

async function say(word: typeof pauseRollout, db: Db): Promise<void> {
  await inTransaction(db, (tx) => word(tx, LOCAL, 'ada'));
}

async function change(harness: Harness): Promise<void> {
  await harness.apply(ROOMY, BYSTANDER, ...versionOf('2', FAMILY));
}

async function arrangePaused(harness: Harness): Promise<void> {
  await arrangeFamily(harness);
  await say(pauseRollout, harness.db);
}

function expectNobodyDown(harness: Harness): void {
  expect(harness.backend.calls.filter(({ method }) => method !== 'launch')).toEqual([]);
}

/** Passes of a change that takes running agents down one after another. */
export const ROLLOUT_SCENARIOS: readonly CrashScenario[] = [
  {
    name: 'rolling a change out to a parent and its child',
    actions: ['Stop', 'Start'],
    leastPoints: 60,
    arrange: arrangeFamily,
    trigger: change,
    expected: RUNNING,
    verify: expectParentFirst,
  },
  {
    name: 'holding a change back while rollouts are paused',
    actions: [],
    leastPoints: 8,
    arrange: arrangePaused,
    trigger: change,
    expected: WAITING,
    verify: expectNobodyDown,
  },
  {
    name: 'pausing rollouts',
    actions: [],
    leastPoints: 4,
    arrange: arrangeFamily,
    call: (_harness, db) => say(pauseRollout, db),
    lead: change,
    repeat: async (harness) => {
      await say(pauseRollout, harness.db);
      await change(harness);
    },
    expected: WAITING,
    verify: expectNobodyDown,
  },
  {
    name: 'resuming rollouts',
    actions: ['Stop', 'Start'],
    leastPoints: 4,
    arrange: async (harness) => {
      await arrangePaused(harness);
      await change(harness);
      await harness.settle();
    },
    call: (_harness, db) => say(resumeRollout, db),
    repeat: (harness) => say(resumeRollout, harness.db),
    expected: RUNNING,
    verify: expectParentFirst,
  },
];
