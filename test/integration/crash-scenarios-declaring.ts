import type { Declaration } from '../../api/objects.ts';
import { processClass, workspace } from '../support/manifests.ts';
import { BYSTANDER, SUBJECT, type CrashScenario } from './crash-case.ts';
import { running } from './crash-subject.ts';

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
export const DECLARING_SCENARIOS: readonly CrashScenario[] = [
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
