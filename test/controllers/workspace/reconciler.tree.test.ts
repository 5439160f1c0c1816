import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { WorkspaceSpec } from '../../../api/workspace.ts';
import { Harness } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';

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

type Tree = Readonly<Record<string, WorkspaceSpec & { readonly parent?: string }>>;

/** Declares exactly these workspaces and waits until nothing is to be done. */
async function become(tree: Tree): Promise<void> {
  const workspaces = Object.entries(tree).map(([name, { parent, ...spec }]) =>
    workspace({ name, ...spec, ...(parent !== undefined && { parentRef: { name: parent } }) }),
  );
  await harness.apply(processClass(), ...workspaces);
  await harness.settle();
}

/** Why each workspace is ready, or not. */
async function reasons(): Promise<Readonly<Record<string, string>>> {
  const rows = await harness.db
    .selectFrom('workspaces')
    .select(['name', 'status'])
    .orderBy('name')
    .execute();
  return Object.fromEntries(
    rows.map(({ name, status }) => [
      name,
      status.conditions.find(({ type }) => type === 'Ready')?.reason ?? '',
    ]),
  );
}

/** Who has a running instance, and which. */
function running(): Readonly<Record<string, string>> {
  return Object.fromEntries(harness.instances().map(({ marks, id }) => [marks.name, id]));
}

function mutatingCalls(): number {
  return harness.backend.calls.length;
}

const FAMILY: Tree = { root: {}, child: { parent: 'root' }, grandchild: { parent: 'child' } };

describe('pausing', () => {
  it('stops a workspace and everything below it, and resuming brings exactly these back', async () => {
    await become({ ...FAMILY, sleeper: { parent: 'root', desiredState: 'Paused' }, other: {} });
    const before = running();

    await become({
      ...FAMILY,
      root: { desiredState: 'Paused' },
      sleeper: { parent: 'root', desiredState: 'Paused' },
      other: {},
    });

    expect(await reasons()).toEqual({
      root: 'Paused',
      child: 'AncestorPaused',
      grandchild: 'AncestorPaused',
      sleeper: 'Paused',
      other: 'Online',
    });
    expect(Object.keys(running())).toEqual(['other']);
    await become({ ...FAMILY, sleeper: { parent: 'root', desiredState: 'Paused' }, other: {} });
    expect(running()).toEqual(before);
  });
});

describe('moving', () => {
  it('keeps the instance, and calls nobody', async () => {
    await become({ ...FAMILY, other: {} });
    const before = running();
    const callsBefore = mutatingCalls();

    await become({ ...FAMILY, other: {}, grandchild: { parent: 'other' } });

    expect(running()).toEqual(before);
    expect(mutatingCalls()).toBe(callsBefore);
    expect(await harness.status('grandchild')).toMatchObject({ depth: 1 });
  });

  it('below a paused one stops it', async () => {
    await become({ ...FAMILY, sleeper: { desiredState: 'Paused' } });

    await become({
      ...FAMILY,
      sleeper: { desiredState: 'Paused' },
      child: { parent: 'sleeper' },
    });

    expect(Object.keys(running())).toEqual(['root']);
  });
});

describe('folding and placing', () => {
  it('changes the record and nothing else', async () => {
    await become(FAMILY);
    const before = running();
    const callsBefore = mutatingCalls();
    const { observedGeneration } = await harness.status('root');

    await become({ ...FAMILY, root: { collapsed: true, layout: { x: 1, y: 2 } } });

    expect(running()).toEqual(before);
    expect(mutatingCalls()).toBe(callsBefore);
    expect(await harness.status('root')).toMatchObject({ observedGeneration });
  });
});

describe('parents', () => {
  it('may come after their children, in another declaration', async () => {
    await become({ child: { parent: 'root' }, grandchild: { parent: 'child' } });
    expect(await reasons()).toEqual({ child: 'ParentNotFound', grandchild: 'Online' });

    await become(FAMILY);

    expect(await reasons()).toEqual({ root: 'Online', child: 'Online', grandchild: 'Online' });
  });

  it('that go alone leave their children running', async () => {
    await become(FAMILY);
    const { child, grandchild } = running();

    await become({ child: { parent: 'root' }, grandchild: { parent: 'child' } });

    expect(running()).toEqual({ child, grandchild });
    expect(await reasons()).toEqual({ child: 'ParentNotFound', grandchild: 'Online' });
  });

  it('that close a circle by two edits are a condition and no stop, and heal', async () => {
    const two = { a: {}, b: {} };
    await become(two);
    const before = running();

    await become({ a: { parent: 'b' }, b: {} });
    await become({ a: { parent: 'b' }, b: { parent: 'a' } });

    expect(await reasons()).toEqual({ a: 'ParentCycle', b: 'ParentCycle' });
    expect(running()).toEqual(before);
    await become(two);
    expect(await reasons()).toEqual({ a: 'Online', b: 'Online' });
    expect(running()).toEqual(before);
  });

  it('may be 16 levels above, and not one more', async () => {
    const chain = Object.fromEntries(
      Array.from({ length: 18 }, (_, depth) => [
        `w${depth}`,
        depth === 0 ? {} : { parent: `w${depth - 1}` },
      ]),
    );

    await become(chain);

    expect(await reasons()).toMatchObject({ w16: 'Online', w17: 'DepthExceeded' });
    expect(Object.keys(running())).toHaveLength(17);
  });
});

describe('deleting a whole tree', () => {
  it('ends the children before their parents', async () => {
    await become(FAMILY);
    const ids = running();

    await become({});

    const ended = harness.backend.calls
      .filter(({ method }) => method === 'terminate')
      .map(({ target }) => target);
    expect(ended).toEqual([ids['grandchild'], ids['child'], ids['root']]);
    expect(await reasons()).toEqual({});
    expect(harness.backend.provider.states()).toEqual([]);
  });

  it('keeps the state of what says so', async () => {
    await become({ root: { deletionPolicy: 'Retain' } });

    await become({});

    expect(running()).toEqual({});
    expect(harness.backend.provider.states()).toHaveLength(1);
  });
});
