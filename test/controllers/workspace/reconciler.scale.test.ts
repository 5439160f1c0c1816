import { expect, it } from '@jest/globals';
import { MAX_DEPTH } from '../../../api/workspace.ts';
import { Harness } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';

const COUNT = 5_000;
/** Many times what it takes on two busy cores; what grew with the square of the children would not end within it. */
const TIMEOUT_MS = 240_000;

it(
  'runs 5,000 children of one parent',
  async () => {
    await using harness = await Harness.start({ logLevel: 'warn', connections: 10 });
    const children = Array.from({ length: COUNT }, (_, index) =>
      workspace({ name: `child-${index}`, parentRef: { name: 'director' } }),
    );

    await harness.apply(processClass(), workspace({ name: 'director' }), ...children);
    await harness.settle();

    expect(harness.instances()).toHaveLength(COUNT + 1);
    expect(await harness.status('director')).toMatchObject({
      phase: 'Online',
      children: { total: COUNT, ready: COUNT },
    });
    expect(harness.backend.calls).toHaveLength(COUNT + 1);
  },
  TIMEOUT_MS,
);

it(
  'says of a chain of 5,000 how deep a tree may be, and runs what is within it',
  async () => {
    await using harness = await Harness.start({ logLevel: 'warn', connections: 10 });
    const chain = Array.from({ length: COUNT }, (_, index) =>
      workspace({
        name: `link-${index}`,
        ...(index > 0 && { parentRef: { name: `link-${index - 1}` } }),
      }),
    );

    await harness.apply(processClass(), ...chain);
    await harness.settle();

    const tooDeep = await harness.db
      .selectFrom('workspaces')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('ready', '=', false)
      .executeTakeFirstOrThrow();
    expect(harness.instances()).toHaveLength(MAX_DEPTH + 1);
    expect(tooDeep.count).toBe(COUNT - MAX_DEPTH - 1);
    expect(await harness.condition(`link-${MAX_DEPTH + 1}`, 'Accepted')).toMatchObject({
      status: 'False',
      reason: 'DepthExceeded',
      message: `a tree may be ${MAX_DEPTH} levels deep`,
    });
    expect(await harness.condition(`link-${COUNT - 1}`, 'Accepted')).toMatchObject({
      reason: 'DepthExceeded',
    });
  },
  TIMEOUT_MS,
);
