import { arrangeRunning, type CrashScenario } from './crash-case.ts';
import { arrangeBystander, declareSubject, pause, running } from './crash-subject.ts';

/** Passes of launching, stopping and starting. */
export const LIFE_SCENARIOS: readonly CrashScenario[] = [
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
    trigger: declareSubject(),
    fault: (backend) => {
      backend.loseNextAnswer('launch');
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
