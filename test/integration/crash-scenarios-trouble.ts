import { REFUSALS } from '../fakes/faults.ts';
import { emptyDatabase } from '../support/rows.ts';
import { arrangeRunning, type CrashScenario } from './crash-case.ts';
import { arrangeBystander, declareSubject, running, subjectId } from './crash-subject.ts';

/** Longer than an instance must run until its failures are forgotten (10 min). */
const WELL_AGAIN_MS = 700_000;
/** Passes over what went wrong. */
export const TROUBLE_SCENARIOS: readonly CrashScenario[] = [
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
    trigger: declareSubject(),
    fault: (backend) => {
      backend.failNext('launch', REFUSALS.capacity());
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
