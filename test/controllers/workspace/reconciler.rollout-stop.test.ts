import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Declaration } from '../../../api/objects.ts';
import { say } from '../../support/agents.ts';
import { REFUSALS } from '../../fakes/faults.ts';
import { Harness } from '../../support/harness.ts';
import { processClass } from '../../support/manifests.ts';
import { readyOf, stepsOf, versionOf, type Tree } from '../../support/rollout-story.ts';

let harness: Harness;

beforeAll(async () => {
  harness = await Harness.start();
});
beforeEach(async () => {
  await harness.reset();
});
afterAll(async () => {
  await harness[Symbol.asyncDispose]();
});

const TREE: Tree = { a: {}, b: {}, c: {} };
const ONE = processClass({ rollout: { maxUnavailable: 1 } });
const STOPPED =
  'False Provisioning: its change waits: the rollout of class "local" is stopped, because default/a did not come back';

async function run(...declarations: readonly Declaration[]): Promise<void> {
  await harness.apply(...declarations);
  await harness.settle();
  harness.log.clear();
}

function idOf(name: string): string {
  return harness.instances().find(({ marks }) => marks.name === name)?.id ?? 'none';
}

function isRunning(name: string): boolean {
  return harness.instances().some(({ marks, state }) => marks.name === name && state === 'running');
}

function exit(name: string): void {
  harness.backend.provider.exit(idOf(name), { code: 1 });
}

/** Looks every second until the agent of the first in the row was started again, and has ended. */
async function changeAndCrash(name: string): Promise<void> {
  while (!stepsOf(harness, 'Start').includes(`Start ${name}`)) {
    await harness.look();
  }
  exit(name);
  await harness.look();
}

/** For so many seconds the agent ends whenever it was started. */
async function crashOn(name: string, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    await harness.advance(1);
    await harness.look();
    [name].filter(isRunning).forEach(exit);
  }
  await harness.look();
}

const SLOW = processClass({ readiness: 'Registered', provisionTimeout: { default: '60s' } });

/** Agents that register, and have, and are known to be up. */
async function runRegistered(): Promise<void> {
  await harness.apply(SLOW, ...versionOf('1', TREE));
  await harness.look();
  await harness.look();
  await sayAll();
  // Who was launched just now waits for more changes.
  await harness.advance(3);
  await harness.look();
  harness.log.clear();
}

/** The same, and the first of them was started with a change just now. */
async function changeFirst(): Promise<void> {
  await runRegistered();
  await harness.apply(SLOW, ...versionOf('2', TREE));
  while (!stepsOf(harness, 'Start').includes('Start a')) {
    await harness.look();
  }
}

async function sayAll(): Promise<void> {
  for (const name of Object.keys(TREE)) {
    await say(harness, name);
  }
  await harness.look();
}

async function stopAtFirst(): Promise<void> {
  await run(ONE, ...versionOf('1', TREE));
  await harness.advance(3);
  await harness.apply(ONE, ...versionOf('2', TREE));
  await changeAndCrash('a');
}

describe('a rollout stops', () => {
  it('when the first one crashes, and says so everywhere', async () => {
    await stopAtFirst();
    await crashOn('a', 60);

    expect(stepsOf(harness, 'Stop')).toEqual(['Stop a']);
    expect(await harness.status('a')).toMatchObject({
      phase: 'Offline',
      rollout: { failure: { reason: 'CrashLoopBackOff' } },
    });
    expect(await readyOf(harness, 'b')).toBe(`${STOPPED} (CrashLoopBackOff)`);
    expect(await readyOf(harness, 'c')).toBe(`${STOPPED} (CrashLoopBackOff)`);
    expect(await harness.activity('a')).toContain('RolloutStopped CrashLoopBackOff');
    expect(harness.log.lines.filter(({ message }) => message === 'rollout stopped')).toMatchObject([
      { workspace: 'default/a', class: 'local', reason: 'CrashLoopBackOff' },
    ]);
  });

  it('although the class allows more to be down', async () => {
    const many = processClass({ rollout: { maxUnavailable: 2 } });
    const tree = { ...TREE, d: {}, e: {} };
    await run(many, ...versionOf('1', tree));
    await harness.apply(many, ...versionOf('2', tree));
    await changeAndCrash('a');
    await crashOn('a', 60);

    expect(stepsOf(harness, 'Stop').length).toBeLessThanOrEqual(3);
    expect(await readyOf(harness, 'e')).toBe(`${STOPPED} (CrashLoopBackOff)`);
  });

  it('when one is ready for a moment and crashes again and again', async () => {
    const tree = { ...TREE, d: {}, e: {}, f: {}, g: {}, h: {} };
    await run(ONE, ...versionOf('1', tree));
    await harness.apply(ONE, ...versionOf('2', tree));
    while (!stepsOf(harness, 'Start').includes('Start a')) {
      await harness.look();
    }
    await harness.look();
    await crashOn('a', 300);

    expect(stepsOf(harness, 'Stop')).not.toContain('Stop e');
    expect(await readyOf(harness, 'h')).toBe(`${STOPPED} (CrashLoopBackOff)`);
  });

  it('when the new launch is refused', async () => {
    const another = processClass({ process: { runtimes: { sample: { command: ['other'] } } } });
    await run(ONE, ...versionOf('1', TREE));
    harness.backend.failNext('launch', REFUSALS.invalid());

    await harness.apply(another, ...versionOf('1', TREE));
    await harness.look();
    await harness.look();
    await harness.look();

    expect(stepsOf(harness, 'Replace')).toEqual(['Replace a']);
    expect(await readyOf(harness, 'b')).toBe(`${STOPPED} (InvalidSpec)`);
  });

  it('when the agent does not register in time', async () => {
    await runRegistered();

    await harness.apply(SLOW, ...versionOf('2', TREE));
    await harness.look();
    await harness.advance(130);
    await harness.look();
    await harness.look();

    expect(stepsOf(harness, 'Stop')).toEqual(['Stop a']);
    expect(await readyOf(harness, 'b')).toMatch(/default\/a did not come back \(\w+\)$/);
    expect(await harness.status('a')).toMatchObject({ rollout: { failure: {} } });
  });

  it('for the next controller as well', async () => {
    await stopAtFirst();
    await harness.restart();
    await crashOn('a', 60);

    expect(stepsOf(harness, 'Stop')).toEqual(['Stop a']);
    expect(await readyOf(harness, 'c')).toBe(`${STOPPED} (CrashLoopBackOff)`);
  });
});

describe('a rollout goes on', () => {
  it('although its time ran out while no controller listened', async () => {
    await changeFirst();
    await harness.kill();
    harness.clock.jump(100_000);
    await harness.lead(harness.backend.another());

    await harness.look();
    await sayAll();
    await harness.look();

    expect(await harness.activity('a')).not.toContain('RolloutStopped AwaitingHeartbeat');
    expect(stepsOf(harness, 'Stop')).toEqual(['Stop a', 'Stop b']);
  });
});

describe('a rollout that is stopped goes on', () => {
  it('when the workspace is ready again, and stays', async () => {
    await stopAtFirst();

    await harness.settle();

    expect(stepsOf(harness, 'Stop')).toEqual(['Stop a', 'Stop b', 'Stop c']);
    expect(await readyOf(harness, 'c')).toContain('True Online');
  });

  it('when the workspace is deleted', async () => {
    await stopAtFirst();

    await harness.apply(ONE, ...versionOf('2', { b: {}, c: {} }));
    await harness.settle();

    expect(stepsOf(harness, 'Stop')).toEqual(['Stop a', 'Stop b', 'Stop c']);
  });

  it('when the workspace is paused', async () => {
    await stopAtFirst();

    await harness.apply(ONE, ...versionOf('2', { ...TREE, a: { desiredState: 'Paused' } }));
    await harness.settle();

    expect(stepsOf(harness, 'Stop')).toEqual(['Stop a', 'Stop b', 'Stop c']);
  });

  it('when the change is mended: that reaches the one that failed although all others wait', async () => {
    await stopAtFirst();
    await harness.advance(12);
    await harness.look();

    await harness.apply(ONE, ...versionOf('3', TREE));
    await harness.settle();

    expect(stepsOf(harness, 'Stop')).toEqual(['Stop a', 'Stop a', 'Stop b', 'Stop c']);
    expect(await readyOf(harness, 'c')).toContain('True Online');
  });
});

describe('a workspace that had failed before', () => {
  it('stops no rollout', async () => {
    const many = processClass({ rollout: { maxUnavailable: 2 } });
    await run(many, ...versionOf('1', TREE));
    await crashOn('a', 30);

    await harness.apply(many, ...versionOf('2', TREE));
    await crashOn('a', 60);

    expect(stepsOf(harness, 'Stop')).toEqual(expect.arrayContaining(['Stop b', 'Stop c']));
    expect(await harness.activity('a')).not.toContain('RolloutStopped CrashLoopBackOff');
  });
});

describe('while a rollout is stopped', () => {
  it('the others live on as they would without a change', async () => {
    await stopAtFirst();

    await harness.apply(
      ONE,
      ...versionOf('2', { ...TREE, b: { desiredState: 'Paused' }, d: { env: [] } }),
    );
    await crashOn('a', 30);

    expect(await readyOf(harness, 'b')).toContain('True Paused');
    expect(await readyOf(harness, 'd')).toContain('True Online');
    expect(await readyOf(harness, 'c')).toContain(STOPPED);
  });

  it('one that is to hibernate does', async () => {
    await stopAtFirst();

    await harness.apply(ONE, ...versionOf('2', { ...TREE, b: { desiredState: 'Hibernated' } }));
    await crashOn('a', 60);

    expect(await readyOf(harness, 'b')).toContain('True Hibernated');
  });
});
