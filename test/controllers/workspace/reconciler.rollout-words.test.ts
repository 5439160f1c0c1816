import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Declaration } from '../../../api/objects.ts';
import { inTransaction } from '../../../store/db.ts';
import { findObject } from '../../../store/objects.ts';
import { pauseRollout, resumeRollout, type RolloutTarget } from '../../../store/rollout-words.ts';
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
const LOCAL: RolloutTarget = { kind: 'WorkspaceClass', namespace: '', name: 'local' };
const ACME: RolloutTarget = { kind: 'Org', namespace: 'default', name: 'acme' };
const PAUSED = 'False Provisioning: its change waits: rollouts of class "local" are paused by ada';

async function say(word: typeof pauseRollout, target: RolloutTarget): Promise<void> {
  await harness.syncTime();
  await inTransaction(harness.db, (tx) => word(tx, target, 'ada'));
}

async function run(...declarations: readonly Declaration[]): Promise<void> {
  await harness.apply(...declarations);
  await harness.settle();
  harness.log.clear();
}

function isRunning(name: string): boolean {
  return harness.instances().some(({ marks, state }) => marks.name === name && state === 'running');
}

/** For so many seconds the agent ends whenever it was started. */
async function crashOn(name: string, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    await harness.advance(1);
    await harness.look();
    harness
      .instances()
      .filter(({ marks, state }) => marks.name === name && state === 'running')
      .forEach(({ id }) => {
        harness.backend.provider.exit(id, { code: 1 });
      });
  }
  await harness.look();
}

describe('while the rollouts of a class are paused', () => {
  it('nobody is taken down, everybody says why, and it costs nothing', async () => {
    await run(processClass(), ...versionOf('1', TREE));
    await say(pauseRollout, LOCAL);

    await harness.apply(processClass(), ...versionOf('2', TREE));
    const isCalm = await harness.settle();

    expect(isCalm).toBe(true);
    expect(stepsOf(harness, 'Stop')).toEqual([]);
    expect(await readyOf(harness, 'a')).toBe(PAUSED);
    expect(await readyOf(harness, 'c')).toBe(PAUSED);
    expect(await harness.look()).toEqual({ isCalm: true, hasWritten: false });
  });

  it('a rollout under way ends with those that are down', async () => {
    await run(processClass(), ...versionOf('1', TREE));
    await harness.apply(processClass(), ...versionOf('2', TREE));
    await harness.look();
    await say(pauseRollout, LOCAL);

    await harness.settle();

    expect(stepsOf(harness, 'Stop', 'Start')).toEqual(['Stop a', 'Start a']);
    expect(await readyOf(harness, 'a')).toContain('True Online');
    expect(await readyOf(harness, 'b')).toBe(PAUSED);
  });

  it('launches, pauses and deletions go on', async () => {
    await run(processClass(), ...versionOf('1', TREE));
    await say(pauseRollout, LOCAL);

    await harness.apply(
      processClass(),
      ...versionOf('2', { a: { desiredState: 'Paused' }, b: {}, d: {} }),
    );
    await harness.settle();

    expect(await readyOf(harness, 'a')).toContain('True Paused');
    expect(isRunning('c')).toBe(false);
    expect(await readyOf(harness, 'd')).toContain('True Online');
    expect(await readyOf(harness, 'b')).toBe(PAUSED);
  });

  it('the next controller takes nobody down either', async () => {
    await run(processClass(), ...versionOf('1', TREE));
    await say(pauseRollout, LOCAL);
    await harness.apply(processClass(), ...versionOf('2', TREE));
    await harness.look();

    await harness.restart();
    await harness.settle();

    expect(stepsOf(harness, 'Stop')).toEqual([]);
  });

  it('another class goes on', async () => {
    const other = processClass({ name: 'other', default: false });
    const tree = { a: {}, b: { className: 'other' } };
    await run(processClass(), other, ...versionOf('1', tree));
    await say(pauseRollout, LOCAL);

    await harness.apply(processClass(), other, ...versionOf('2', tree));
    await harness.settle();

    expect(stepsOf(harness, 'Stop')).toEqual(['Stop b']);
  });
});

describe('when rollouts are resumed', () => {
  it('the change goes on by itself', async () => {
    await run(processClass(), ...versionOf('1', TREE));
    await say(pauseRollout, LOCAL);
    await harness.apply(processClass(), ...versionOf('2', TREE));
    await harness.settle();

    await say(resumeRollout, LOCAL);
    await harness.settle();

    expect(stepsOf(harness, 'Stop')).toEqual(['Stop a', 'Stop b', 'Stop c']);
    expect(await readyOf(harness, 'c')).toContain('True Online');
  });

  it('a failure that stopped them is accepted', async () => {
    await run(processClass(), ...versionOf('1', TREE));
    await harness.apply(processClass(), ...versionOf('2', TREE));
    await harness.look();
    await crashOn('a', 30);
    const before = stepsOf(harness, 'Stop');

    await say(resumeRollout, LOCAL);
    await crashOn('a', 60);

    expect(before).toEqual(['Stop a']);
    expect(stepsOf(harness, 'Stop')).toEqual(['Stop a', 'Stop b', 'Stop c']);
    expect(await harness.status('a')).toMatchObject({ phase: 'Offline' });
  });

  it('the next failure stops them again', async () => {
    await run(processClass(), ...versionOf('1', TREE));
    await say(resumeRollout, LOCAL);
    await harness.apply(processClass(), ...versionOf('2', TREE));
    await harness.look();
    await crashOn('a', 30);

    expect(stepsOf(harness, 'Stop')).toEqual(['Stop a']);
  });

  it('one that fails for itself keeps nobody waiting any more', async () => {
    const tree = { ...TREE, b: { env: [] } };
    await run(processClass(), ...versionOf('1', tree));
    await crashOn('b', 1);
    await harness.apply(processClass(), ...versionOf('2', tree));
    await harness.look();
    const before = await readyOf(harness, 'a');

    await say(resumeRollout, LOCAL);
    await harness.look();
    await harness.look();

    expect(before).toContain('its change waits until others of its class are ready again');
    expect(isRunning('b')).toBe(false);
    expect(stepsOf(harness, 'Stop')).toContain('Stop a');
  });
});

describe('an Org', () => {
  const SMALL = processClass({ rollout: { maxUnavailable: 5 } });
  const LARGE = processClass({ name: 'large', default: false, rollout: { maxUnavailable: 5 } });
  const TEAM: Tree = {
    lead: { className: 'large' },
    one: { parent: 'lead' },
    two: { parent: 'lead' },
  };
  const OTHERS: Tree = { x: {}, y: {} };

  function org(
    spec: { readonly rollout?: { readonly maxUnavailable?: number } } = {},
  ): Declaration {
    const metadata = { namespace: 'default', name: 'acme', labels: {}, annotations: {} };
    return { kind: 'Org', ...metadata, spec };
  }

  /** As an expansion does: the workspaces of the Org are a set of their own. */
  async function declare(version: string, spec: Parameters<typeof org>[0] = {}): Promise<void> {
    await harness.apply(SMALL, LARGE, org(spec), ...versionOf(version, OTHERS));
    await harness.declare({
      applySet: 'acme',
      ownerUid: (await findObject(harness.db, 'Org', 'default', 'acme'))?.uid ?? 'none',
      declarations: versionOf(version, TEAM),
    });
  }

  async function runOrg(spec: Parameters<typeof org>[0] = {}): Promise<void> {
    await declare('1', spec);
    await harness.settle();
    harness.log.clear();
  }

  it('has its own budget over all classes, beside those of the classes', async () => {
    await runOrg({ rollout: { maxUnavailable: 1 } });

    await declare('2', { rollout: { maxUnavailable: 1 } });
    await harness.look();
    const first = stepsOf(harness, 'Stop');
    await harness.settle();

    expect(first.toSorted()).toEqual(['Stop lead', 'Stop x', 'Stop y']);
    expect(stepsOf(harness, 'Stop', 'Start').filter((step) => /lead|one|two/.test(step))).toEqual([
      'Stop lead',
      'Start lead',
      'Stop one',
      'Start one',
      'Stop two',
      'Start two',
    ]);
  });

  it('is one rollout from the root down, over all classes', async () => {
    await runOrg();

    await declare('2');
    await harness.look();

    expect(stepsOf(harness, 'Stop').toSorted()).toEqual(['Stop lead', 'Stop x', 'Stop y']);
    expect(await readyOf(harness, 'one')).toContain('its change waits for its ancestor "lead"');
  });

  it('is not held up by an ancestor whose class is paused', async () => {
    await runOrg();
    await say(pauseRollout, { ...LOCAL, name: 'large' });

    await declare('2');
    await harness.settle();

    expect(stepsOf(harness, 'Stop').toSorted()).toEqual([
      'Stop one',
      'Stop two',
      'Stop x',
      'Stop y',
    ]);
  });

  it('is paused and resumed as a whole', async () => {
    await runOrg();
    await say(pauseRollout, ACME);
    await declare('2');
    await harness.settle();
    const before = stepsOf(harness, 'Stop').toSorted();

    await say(resumeRollout, ACME);
    await harness.settle();

    expect(before).toEqual(['Stop x', 'Stop y']);
    expect(stepsOf(harness, 'Stop').slice(2, 3)).toEqual(['Stop lead']);
    expect(stepsOf(harness, 'Stop').slice(3).toSorted()).toEqual(['Stop one', 'Stop two']);
  });
});
