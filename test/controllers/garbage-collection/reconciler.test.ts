import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Instance } from '../../../backends/backend.ts';
import { UnknownOutcomeError } from '../../../lib/errors.ts';
import { inTransaction } from '../../../store/db.ts';
import {
  approveBreaker,
  approveGarbage,
  listGarbage,
  readBreaker,
} from '../../../store/garbage.ts';
import { before } from '../../fakes/faults.ts';
import { Harness } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';
import { emptyDatabase } from '../../support/rows.ts';

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

const NAMES = ['ada', 'bob', 'carl', 'dora', 'eve', 'fred'];

/** Declares, deletes and releases workspaces; then their instances turn out to run after all. */
async function leaveOver(...names: readonly string[]): Promise<readonly Instance[]> {
  await harness.apply(processClass(), ...names.map((name) => workspace({ name })));
  await harness.settle();
  const instances = harness.instances();
  await harness.apply(processClass());
  await harness.settle();
  instances.forEach((instance) => {
    harness.backend.provider.plant(instance);
  });
  return instances;
}

async function approve(instanceId: string): Promise<void> {
  await inTransaction(harness.db, (tx) =>
    approveGarbage(tx, { backend: 'process', instanceId, by: 'ada' }),
  );
}

async function decisions(): Promise<readonly string[]> {
  return (await listGarbage(harness.db)).map(({ decision }) => decision);
}

function runningIds(): readonly string[] {
  return harness.instances().map(({ id }) => id);
}

describe('an instance that was launched and let go', () => {
  it('is terminated, and the activity says on what evidence', async () => {
    const [instance] = await leaveOver('ada');

    await harness.collectGarbage();

    const activity = await harness.db
      .selectFrom('activity')
      .selectAll()
      .where('action', '=', 'OrphanTerminated')
      .execute();
    expect(runningIds()).toEqual([]);
    expect(activity).toMatchObject([
      {
        name: 'ada',
        reason: 'LaunchClosed',
        data: {
          instanceId: instance?.id,
          evidence: { record: 'absent', launch: 'closed', marks: { name: 'ada', attempt: 1 } },
        },
      },
    ]);
  });

  it('is only reported in report mode', async () => {
    await leaveOver('ada');

    await harness.collectGarbage('report');

    expect(runningIds()).toHaveLength(1);
    expect(await decisions()).toEqual(['reported']);
  });

  it('is left alone while its backend cannot be listed', async () => {
    await leaveOver('ada');
    harness.backend.failNext('list', before(new UnknownOutcomeError('listing: no answer')));

    await harness.collectGarbage();

    expect(runningIds()).toHaveLength(1);
    expect(await decisions()).toEqual([]);
  });

  it('is left alone when it is declared again before it is terminated', async () => {
    const [instance] = await leaveOver('ada');
    const held = harness.backend.holdNext('find');

    const pass = harness.collectGarbage();
    await held.arrived;
    await harness.apply(processClass(), workspace({ name: 'ada' }));
    held.release();
    await pass;

    expect(runningIds()).toEqual([instance?.id]);
  });

  it.each([
    ['has lost its marks, so that nobody can tell whose it is', { state: 'unknown' }],
    ['is protected by a person', { isProtected: true }],
  ] as const)('is left alone when the last look shows that it %s', async (_what, change) => {
    const [instance] = await leaveOver('ada');
    const held = harness.backend.holdNext('find');

    const pass = harness.collectGarbage();
    await held.arrived;
    harness.backend.provider.change(instance?.id ?? 'none', change);
    held.release();
    await pass;

    expect(harness.backend.provider.instances()).toMatchObject([{ id: instance?.id, ...change }]);
    expect(harness.backend.calls.filter(({ method }) => method === 'terminate')).toHaveLength(1);
  });

  it('is gone from the list once it was seen gone', async () => {
    await leaveOver('ada');
    await harness.collectGarbage();

    await harness.collectGarbage();

    expect(await decisions()).toEqual([]);
  });
});

describe('an instance that the database does not know', () => {
  /** As after the loss of the database: the instance runs, and nothing is declared. */
  async function forget(): Promise<string> {
    await harness.apply(processClass(), workspace({ name: 'ada' }));
    await harness.settle();
    await emptyDatabase(harness.db);
    return runningIds()[0] ?? '';
  }

  it('is reported and never terminated, however often one looks', async () => {
    const id = await forget();

    await harness.collectGarbage();
    await harness.collectGarbage();

    expect(runningIds()).toEqual([id]);
    expect(await decisions()).toEqual(['unclaimed']);
  });

  it('is terminated when a person approved it by its id, with the name of who did', async () => {
    const id = await forget();
    await harness.collectGarbage();

    await approve(id);
    await harness.collectGarbage();

    const [row] = await harness.db.selectFrom('garbage').selectAll().execute();
    expect(runningIds()).toEqual([]);
    expect(row).toMatchObject({ decision: 'deleting', approved_by: 'ada' });
  });

  it('is adopted when it is declared again, and not collected on the old approval', async () => {
    const id = await forget();
    await harness.collectGarbage();
    await approve(id);

    await harness.apply(processClass(), workspace({ name: 'ada' }));
    await harness.settle();
    await harness.collectGarbage();

    expect(runningIds()).toEqual([id]);
    expect(await decisions()).toEqual([]);
  });
});

describe('the breaker', () => {
  it('halts all deletions when too many look due, and says so once', async () => {
    await leaveOver(...NAMES);

    await harness.collectGarbage();
    await harness.collectGarbage();

    const halts = harness.log.lines.filter(({ message }) => message === 'deletions are halted');
    expect(runningIds()).toHaveLength(6);
    expect(await readBreaker(harness.db)).toMatchObject({ reason: 'TooMuchGarbage' });
    expect(halts).toMatchObject([{ level: 'warn', reason: 'TooMuchGarbage' }]);
  });

  it('lets exactly the approved list go', async () => {
    await leaveOver(...NAMES);
    await harness.collectGarbage();
    const { digest = '' } = await readBreaker(harness.db);

    await inTransaction(harness.db, (tx) => approveBreaker(tx, { digest, by: 'ada' }));
    await harness.collectGarbage();

    expect(runningIds()).toEqual([]);
  });

  it('opens when most of the records vanished, and closes when they are back', async () => {
    const [left] = await leaveOver('ada');
    const others = NAMES.slice(1).map((name) => workspace({ name }));
    await harness.apply(processClass(), ...others);
    await harness.settle();
    harness.backend.provider.change(left?.id ?? '', { isProtected: true });
    await harness.collectGarbage();

    harness.backend.provider.change(left?.id ?? '', { isProtected: false });
    await harness.db.deleteFrom('workspaces').execute();
    await harness.collectGarbage();

    expect(runningIds()).toHaveLength(6);
    expect(await readBreaker(harness.db)).toMatchObject({ reason: 'RecordsVanished' });
    await harness.apply(processClass(), ...others);
    await harness.settle();
    await harness.collectGarbage();
    expect(runningIds()).not.toContain(left?.id);
    expect(runningIds()).toHaveLength(5);
  });
});
