import { before, late, REFUSALS, throttled, type Fault } from '../fakes/faults.ts';
import type { Declaration } from '../../api/objects.ts';
import type { Harness } from '../support/harness.ts';
import { processClass, workspace } from '../support/manifests.ts';
import { emptyDatabase } from '../support/rows.ts';
import { arrangeRunning, BYSTANDER, SUBJECT, type CrashScenario } from './crash-case.ts';
import { AGENT_SCENARIOS } from './crash-scenarios-agents.ts';
import { ROLLOUT_SCENARIOS } from './crash-scenarios-rollout.ts';
import { ourInstances } from './world.ts';

type Change = Partial<Parameters<typeof workspace>[0]>;

/** Declares the subject with some change, and the bystander as ever. */
function declareSubject(change: Change = {}): (harness: Harness) => Promise<void> {
  return async (harness) => {
    await harness.apply(processClass(), BYSTANDER, workspace({ ...SUBJECT, ...change }));
  };
}

async function deleteSubject(harness: Harness): Promise<void> {
  await harness.apply(processClass(), BYSTANDER);
}

/** Only the bystander runs. */
async function arrangeBystander(harness: Harness): Promise<void> {
  await deleteSubject(harness);
  await harness.settle();
}

const pause = declareSubject({ desiredState: 'Paused' });
/** Longer than an instance must run until its failures are forgotten (10 min). */
const WELL_AGAIN_MS = 700_000;
const running = { subject: 'running' } as const;
const absent = { subject: 'absent' } as const;

/** The provider's instance of the subject. */
function subjectId(harness: Harness): string {
  return ourInstances(harness).find(({ marks }) => marks.name === 'subject')?.id ?? 'none';
}

/** The first launch call of the subject meets a fault. */
async function arrangeLaunchThat(harness: Harness, fault: Fault): Promise<void> {
  await arrangeBystander(harness);
  harness.backend.failNext('launch', fault);
  await declareSubject()(harness);
  await harness.look();
}

/** Passes of launching, stopping and starting. */
const LIFE: readonly CrashScenario[] = [
  {
    name: 'declaring it',
    actions: ['Prepare', 'Launch'],
    leastPoints: 30,
    arrange: arrangeBystander,
    trigger: declareSubject(),
    expected: running,
  },
  {
    name: 'declaring it where instances come and go slowly and are hidden at first',
    actions: ['Prepare', 'Launch'],
    leastPoints: 30,
    provider: { settleSeconds: 10, visibleAfterSeconds: 8, transitionSeconds: 3 },
    arrange: arrangeBystander,
    trigger: declareSubject(),
    expected: running,
  },
  {
    name: 'losing the answer to its launch',
    actions: ['Prepare', 'StoreLaunched'],
    leastPoints: 30,
    arrange: arrangeBystander,
    trigger: async (harness) => {
      await declareSubject()(harness);
      harness.backend.loseNextAnswer('launch');
    },
    expected: running,
  },
  {
    name: 'pausing it',
    actions: ['Stop'],
    leastPoints: 15,
    trigger: pause,
    expected: { subject: 'paused' },
  },
  {
    name: 'resuming it',
    actions: ['Start'],
    leastPoints: 20,
    arrange: async (harness) => {
      await arrangeRunning(harness);
      await pause(harness);
      await harness.settle();
    },
    trigger: declareSubject(),
    expected: running,
  },
  {
    name: 'restarting it with new env',
    actions: ['Stop', 'Start'],
    leastPoints: 30,
    trigger: declareSubject({ env: [{ name: 'VERSION', value: '2' }] }),
    expected: running,
  },
  {
    name: 'replacing it with another tier',
    actions: ['Replace', 'Terminate', 'CloseAttempt', 'Prepare', 'Launch'],
    leastPoints: 50,
    trigger: declareSubject({ tier: 3 }),
    expected: running,
  },
  {
    name: 'replacing it where instances come and go slowly',
    actions: ['Replace', 'Terminate', 'CloseAttempt', 'Prepare', 'Launch'],
    leastPoints: 50,
    provider: { transitionSeconds: 3, terminatedVisibleSeconds: 40 },
    trigger: declareSubject({ tier: 3 }),
    expected: running,
  },
];

/** Passes over what went wrong. */
const TROUBLE: readonly CrashScenario[] = [
  {
    name: 'its agent ending by itself',
    actions: ['RecordExit', 'Start'],
    leastPoints: 25,
    trigger: (harness) => {
      harness.backend.provider.exit(subjectId(harness), { code: 1 });
      return Promise.resolve();
    },
    expected: running,
  },
  {
    name: 'its instance vanishing',
    actions: ['VerifyAbsent', 'Prepare', 'Launch'],
    leastPoints: 40,
    trigger: (harness) => {
      harness.backend.provider.remove(subjectId(harness));
      return Promise.resolve();
    },
    expected: running,
  },
  {
    name: 'forgetting its failures once it is well',
    actions: ['ClearFailures'],
    leastPoints: 15,
    arrange: async (harness) => {
      await arrangeRunning(harness);
      harness.backend.provider.exit(subjectId(harness), { code: 1 });
      await harness.look();
      await harness.advance(15);
      await harness.look();
      harness.clock.jump(WELL_AGAIN_MS);
    },
    expected: running,
  },
  {
    name: 'being refused for want of capacity',
    actions: ['Prepare', 'Launch', 'CloseAttempt'],
    leastPoints: 50,
    arrange: arrangeBystander,
    trigger: async (harness) => {
      await declareSubject()(harness);
      harness.backend.failNext('launch', REFUSALS.capacity());
    },
    expected: running,
  },
  {
    name: 'adopting it after the database was emptied',
    actions: ['Adopt'],
    leastPoints: 20,
    trigger: async (harness) => {
      await emptyDatabase(harness.db);
      await declareSubject()(harness);
    },
    expected: running,
  },
  {
    name: 'ending the late instance of a closed attempt',
    actions: ['Terminate'],
    leastPoints: 12,
    arrange: async (harness) => {
      await arrangeRunning(harness);
      await declareSubject({ tier: 3 })(harness);
      await harness.settle();
    },
    trigger: (harness) => {
      const { provider } = harness.backend;
      const [old] = provider.instances().filter(({ state }) => state === 'terminated');
      provider.change(old?.id ?? 'none', { state: 'running' });
      return Promise.resolve();
    },
    expected: running,
  },
];

/** Passes of deleting. */
const END: readonly CrashScenario[] = [
  {
    name: 'deleting it',
    actions: ['Terminate', 'CloseAttempt', 'Release'],
    leastPoints: 35,
    trigger: deleteSubject,
    expected: absent,
  },
  {
    name: 'deleting it where the provider forgets it at once',
    actions: ['Terminate', 'VerifyAbsent', 'Release'],
    leastPoints: 35,
    provider: { terminatedVisibleSeconds: 0 },
    trigger: deleteSubject,
    expected: absent,
  },
  {
    name: 'deleting it while its launch is in doubt and lands late',
    actions: ['StoreLaunched', 'Terminate', 'CloseAttempt', 'Release'],
    leastPoints: 40,
    arrange: (harness) => arrangeLaunchThat(harness, late(20)),
    trigger: deleteSubject,
    expected: absent,
  },
  {
    name: 'deleting it while its launch is in doubt and never lands',
    actions: ['VerifyAbsent', 'Release'],
    leastPoints: 25,
    arrange: (harness) => arrangeLaunchThat(harness, before()),
    trigger: deleteSubject,
    expected: absent,
  },
  {
    name: 'pausing it when no launch of it is under way',
    actions: ['CloseAttempt'],
    leastPoints: 15,
    arrange: (harness) => arrangeLaunchThat(harness, throttled()),
    trigger: pause,
    expected: { subject: 'paused' },
  },
  {
    name: 'deleting a parent with its child',
    actions: ['Terminate', 'CloseAttempt', 'Release'],
    leastPoints: 70,
    arrange: async (harness) => {
      const child = workspace({ name: 'child', parentRef: { name: 'subject' } });
      await harness.apply(processClass(), BYSTANDER, workspace(SUBJECT), child);
      await harness.settle();
    },
    trigger: deleteSubject,
    expected: { ...absent, child: 'absent' },
  },
  {
    name: 'declaring it again while it is deleted',
    actions: ['Terminate', 'CloseAttempt', 'Release', 'Prepare', 'Launch'],
    leastPoints: 60,
    trigger: async (harness) => {
      await deleteSubject(harness);
      await declareSubject({ env: [{ name: 'VERSION', value: '2' }] })(harness);
    },
    expected: running,
  },
  {
    name: 'collecting the instance of a released record',
    actions: ['Terminate'],
    leastPoints: 12,
    arrange: async (harness) => {
      await arrangeRunning(harness);
      await deleteSubject(harness);
      await harness.settle();
    },
    trigger: (harness) => {
      const { provider } = harness.backend;
      const [old] = provider.instances().filter(({ state }) => state === 'terminated');
      provider.change(old?.id ?? 'none', { state: 'running' });
      return Promise.resolve();
    },
    lead: (harness) => harness.collectGarbage(),
    repeat: (harness) => harness.collectGarbage(),
    expected: absent,
  },
];

/** What a tree becomes: one moved, one new, one edited, one gone. */
const TREE_BEFORE = [
  processClass(),
  BYSTANDER,
  workspace(SUBJECT),
  workspace({ name: 'child', parentRef: { name: 'subject' } }),
  workspace({ name: 'leaving', parentRef: { name: 'child' } }),
];
const TREE_AFTER = [
  processClass(),
  BYSTANDER,
  workspace({ ...SUBJECT, env: [{ name: 'VERSION', value: '2' }] }),
  workspace({ name: 'child', parentRef: { name: 'bystander' } }),
  workspace({ name: 'coming', parentRef: { name: 'child' }, desiredState: 'Paused' }),
];

function applying(declarations: readonly Declaration[]): Pick<CrashScenario, 'call' | 'repeat'> {
  return {
    call: (harness, db) => harness.declare({ declarations }, db),
    repeat: async (harness) => {
      await harness.declare({ declarations });
    },
  };
}

/** Those who declare may die as well; then they declare again. */
const DECLARING: readonly CrashScenario[] = [
  {
    name: 'applying a tree for the first time',
    actions: ['Prepare', 'Launch'],
    leastPoints: 8,
    arrange: () => Promise.resolve(),
    ...applying(TREE_BEFORE),
    expected: { ...running, child: 'running', leaving: 'running' },
  },
  {
    name: 'applying a tree that has changed',
    actions: ['CloseAttempt', 'Terminate', 'Release', 'Stop', 'Start'],
    leastPoints: 8,
    arrange: async (harness) => {
      await harness.apply(...TREE_BEFORE);
      await harness.settle();
    },
    ...applying(TREE_AFTER),
    expected: { ...running, child: 'running', coming: 'paused', leaving: 'absent' },
  },
];

export const CRASH_SCENARIOS: readonly CrashScenario[] = [
  ...LIFE,
  ...TROUBLE,
  ...END,
  ...DECLARING,
  ...AGENT_SCENARIOS,
  ...ROLLOUT_SCENARIOS,
];
