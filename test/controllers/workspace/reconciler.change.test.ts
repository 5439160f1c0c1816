import { expect, it } from '@jest/globals';
import type { Declaration } from '../../../api/objects.ts';
import { Harness } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';

const DEMO = workspace({ name: 'demo' });

/** Instances that are not terminated at the moment when each call arrives. */
function liveAtCalls(harness: Harness): readonly number[] {
  const counts: number[] = [];
  const { provider } = harness.backend;
  harness.backend.failWhen(() => {
    counts.push(provider.instances().filter(({ state }) => state !== 'terminated').length);
    return undefined;
  });
  return counts;
}

it('restarts the same instance when env changes', async () => {
  await using harness = await Harness.start();
  await harness.apply(processClass(), DEMO);
  await harness.settle();
  const [before] = harness.instances();

  await harness.apply(
    processClass(),
    workspace({ name: 'demo', env: [{ name: 'MODE', value: 'fast' }] }),
  );
  await harness.settle();

  const [after] = harness.instances();
  expect(after?.id).toBe(before?.id);
  expect(after?.configHash).not.toBe(before?.configHash);
  expect(harness.backend.calls.map(({ method }) => method)).toEqual(['launch', 'stop', 'start']);
  expect(await harness.launches('demo')).toMatchObject([{ attempt: 1, state: 'launched' }]);
  expect(await harness.activity('demo')).toContain('Restarted ConfigChanged');
});

const NEW_COMMAND = processClass({
  process: { runtimes: { sample: { command: ['sample', '--new'] } } },
});

it.each<readonly [string, readonly Declaration[]]>([
  ['the command of its runtime', [NEW_COMMAND, DEMO]],
  ['its tier', [processClass(), workspace({ name: 'demo', tier: 3 })]],
  [
    'its class',
    [
      processClass(),
      processClass({ name: 'large', default: false }),
      workspace({ name: 'demo', className: 'large' }),
    ],
  ],
])('replaces the instance when %s changes, and never has two', async (_what, declarations) => {
  await using harness = await Harness.start({ transitionSeconds: 3 });
  await harness.apply(processClass(), DEMO);
  await harness.settle();
  const [before] = harness.instances();
  const counts = liveAtCalls(harness);

  await harness.apply(...declarations);
  await harness.settle();

  const [after, another] = harness.instances();
  expect(another).toBeUndefined();
  expect(after?.id).not.toBe(before?.id);
  expect(Math.max(...counts)).toBe(1);
  expect(await harness.launches('demo')).toMatchObject([
    { attempt: 1, state: 'closed', close_reason: 'Terminated' },
    { attempt: 2, state: 'launched' },
  ]);
});

it('waits with a replacement that loses state until somebody asks for it', async () => {
  await using harness = await Harness.start({ keepsState: false });
  await harness.apply(processClass(), DEMO);
  await harness.settle();
  harness.log.clear();

  await harness.apply(NEW_COMMAND, DEMO);
  await harness.settle();

  expect(harness.actions()).toEqual([]);
  expect(await harness.condition('demo', 'Drifted')).toMatchObject({
    status: 'True',
    reason: 'ParametersChanged',
  });
});

it('takes a change that came while a restart was under way into the same restart', async () => {
  await using harness = await Harness.start({ transitionSeconds: 3 });
  const mode = (value: string) => workspace({ name: 'demo', env: [{ name: 'MODE', value }] });
  await harness.apply(processClass(), DEMO);
  await harness.settle();

  await harness.apply(processClass(), mode('fast'));
  await harness.look();
  await harness.apply(processClass(), mode('slow'));
  await harness.settle();

  expect(harness.backend.calls.map(({ method }) => method)).toEqual(['launch', 'stop', 'start']);
  expect(await harness.status('demo')).toMatchObject({ observedGeneration: 3, phase: 'Online' });
});
