import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Harness } from '../../support/harness.ts';
import { processClass } from '../../support/manifests.ts';
import { readyOf, stepsOf, versionOf, type Spec, type Tree } from '../../support/rollout-story.ts';

let harness: Harness;

beforeAll(async () => {
  harness = await Harness.start({ transitionSeconds: 3 });
});
beforeEach(async () => {
  await harness.reset();
});
afterAll(async () => {
  await harness[Symbol.asyncDispose]();
});

const FAMILY: Tree = {
  'a-grandchild': { parent: 'child' },
  child: { parent: 'root' },
  root: {},
};

function classFor(maxUnavailable: number) {
  return processClass({ rollout: { maxUnavailable } });
}

/** Runs the tree as it was, in a log that is empty then. */
async function run(tree: Tree, workspaceClass = classFor(5)): Promise<void> {
  await harness.apply(workspaceClass, ...versionOf('1', tree));
  await harness.settle();
  harness.log.clear();
}

describe('a change', () => {
  it.each([1, 5])(
    'reaches a child when its parent is ready again, with up to %i down at a time',
    async (maxUnavailable) => {
      await run(FAMILY, classFor(maxUnavailable));

      await harness.apply(classFor(maxUnavailable), ...versionOf('2', FAMILY));
      await harness.settle();

      expect(stepsOf(harness, 'Stop', 'Start')).toEqual([
        'Stop root',
        'Start root',
        'Stop child',
        'Start child',
        'Stop a-grandchild',
        'Start a-grandchild',
      ]);
    },
  );

  it('reaches siblings by name', async () => {
    const names = ['d', 'b', 'e', 'a', 'c'];
    const tree = {
      root: {},
      ...Object.fromEntries(names.map((name) => [name, { parent: 'root' }])),
    };
    await run(tree, classFor(1));

    await harness.apply(classFor(1), ...versionOf('2', tree));
    await harness.settle();

    expect(stepsOf(harness, 'Stop')).toEqual(
      ['root', 'a', 'b', 'c', 'd', 'e'].map((name) => `Stop ${name}`),
    );
  });

  it('replaces a child when its parent is ready again', async () => {
    await run(FAMILY);

    const sample = { command: ['another', 'program'] };
    await harness.apply(
      processClass({ process: { runtimes: { sample } }, rollout: { maxUnavailable: 5 } }),
      ...versionOf('1', FAMILY),
    );
    await harness.settle();

    expect(stepsOf(harness, 'Replace', 'Launch')).toEqual([
      'Replace root',
      'Launch root',
      'Replace child',
      'Launch child',
      'Replace a-grandchild',
      'Launch a-grandchild',
    ]);
  });

  it('reaches below a parent that goes through two changes when both have', async () => {
    await run(FAMILY);

    await harness.apply(classFor(5), ...versionOf('2', FAMILY));
    await harness.look();
    await harness.apply(classFor(5), ...versionOf('3', FAMILY));
    await harness.settle();

    const steps = stepsOf(harness, 'Stop', 'Start');
    expect(steps.lastIndexOf('Start root')).toBeLessThan(steps.indexOf('Stop child'));
  });

  it('says for whom a child waits, and that its restart is due', async () => {
    await run(FAMILY);

    await harness.apply(classFor(5), ...versionOf('2', FAMILY));
    await harness.look();

    expect(await readyOf(harness, 'child')).toBe(
      'False Provisioning: its change waits for its ancestor "root", which comes first',
    );
    expect(await harness.condition('child', 'Drifted')).toMatchObject({
      status: 'True',
      message: 'env or files changed since the last start: a restart is due',
    });
  });

  it('keeps the order when the controller dies in the middle', async () => {
    await run(FAMILY);

    await harness.apply(classFor(5), ...versionOf('2', FAMILY));
    await harness.look();
    await harness.restart();
    await harness.settle();

    expect(stepsOf(harness, 'Stop')).toEqual(['Stop root', 'Stop child', 'Stop a-grandchild']);
  });
});

describe('a change does not wait for a parent', () => {
  it.each<readonly [string, Spec]>([
    ['that is hibernated', { desiredState: 'Hibernated' }],
    ['that is not accepted', { templateRef: { name: 'missing' } }],
    ['that may only be observed', { annotations: { 'treeline.dev/reconcile': 'disabled' } }],
    ['that runs elsewhere', { external: {} }],
    ['that has no change', { env: [] }],
  ])('%s', async (_title, spec) => {
    await run({ root: { env: [] }, child: { parent: 'root' } });
    await harness.apply(classFor(5), ...versionOf('1', { root: spec, child: { parent: 'root' } }));
    await harness.settle();
    harness.log.clear();

    await harness.apply(classFor(5), ...versionOf('2', { root: spec, child: { parent: 'root' } }));
    await harness.settle();

    expect(stepsOf(harness, 'Stop')).toEqual(['Stop child']);
  });

  it('that is replaced by hand', async () => {
    const tree = { root: {}, child: { parent: 'root' } };
    const byHand = (program: string) =>
      processClass({
        process: { runtimes: { sample: { command: [program] } } },
        rollout: { replace: 'Manual' },
      });
    await run(tree, byHand('sample'));

    const changed = { ...tree, root: { env: [{ name: 'VERSION', value: '1' }] } };
    await harness.apply(byHand('another'), ...versionOf('2', changed));
    await harness.settle();

    expect(stepsOf(harness, 'Stop', 'Replace')).toEqual(['Stop child']);
    expect(await harness.condition('root', 'Drifted')).toMatchObject({
      reason: 'ParametersChanged',
    });
  });

  it('of another class that shares no Org', async () => {
    const steady = processClass({ name: 'steady', default: false });
    const tree = { root: { className: 'steady' }, child: { parent: 'root' } };
    await harness.apply(classFor(1), steady, ...versionOf('1', tree));
    await harness.settle();
    harness.log.clear();

    await harness.apply(classFor(1), steady, ...versionOf('2', tree));
    await harness.look();

    expect(stepsOf(harness, 'Stop').toSorted()).toEqual(['Stop child', 'Stop root']);
  });
});
