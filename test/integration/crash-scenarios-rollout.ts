import { expect } from '@jest/globals';
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

/** Passes of a change that takes running agents down one after another. */
export const ROLLOUT_SCENARIOS: readonly CrashScenario[] = [
  {
    name: 'rolling a change out to a parent and its child',
    actions: ['Stop', 'Start'],
    leastPoints: 60,
    arrange: arrangeFamily,
    trigger: async (harness) => {
      await harness.apply(ROOMY, BYSTANDER, ...versionOf('2', FAMILY));
    },
    expected: { subject: 'running', child: 'running' },
    verify: expectParentFirst,
  },
];
