import { before, late, throttled, type Fault } from '../fakes/faults.ts';
import type { Harness } from '../support/harness.ts';
import { processClass, workspace } from '../support/manifests.ts';
import { arrangeRunning, BYSTANDER, SUBJECT, type CrashScenario } from './crash-case.ts';
import {
  absent,
  arrangeBystander,
  declareSubject,
  deleteSubject,
  pause,
  running,
} from './crash-subject.ts';

/** The first launch call of the subject meets a fault. */
async function arrangeLaunchThat(harness: Harness, fault: Fault): Promise<void> {
  await arrangeBystander(harness);
  harness.backend.failNext('launch', fault);
  await declareSubject()(harness);
  await harness.look();
}

/** Passes of deleting. */
export const END_SCENARIOS: readonly CrashScenario[] = [
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
