import { expect } from '@jest/globals';
import type { Condition } from '../../api/conditions.ts';
import type { Instance } from '../../backends/backend.ts';
import type { LaunchState } from '../../store/tables.ts';
import type { Harness } from '../support/harness.ts';

/** How a workspace should be in the end. */
export type Expected = 'running' | 'paused' | 'absent';

/** What is read of one launch row. */
export interface LaunchFacts {
  readonly workspace_uid: string;
  readonly name: string;
  readonly attempt: number;
  readonly state: LaunchState;
  readonly token: string;
  readonly instance_id: string | null;
}

/** What is read of one record. */
export interface RecordFacts {
  readonly uid: string;
  readonly name: string;
  readonly generation: number;
  readonly observed_generation: number;
  readonly conditions: readonly Condition[];
}

/** An instance that another installation has launched in the same account; nobody of ours may touch it. */
export const FOREIGN: Instance = {
  id: 'foreign-1',
  state: 'running',
  marks: {
    installationId: 'another-installation',
    workspaceUid: '00000000-0000-5000-8000-000000000000',
    namespace: 'default',
    name: 'subject',
    attempt: 1,
    token: 'f'.repeat(64),
    className: 'local',
  },
  launchedAt: new Date('2025-12-31T00:00:00Z'),
};

export async function readLaunches({ db }: Harness): Promise<readonly LaunchFacts[]> {
  return await db
    .selectFrom('launches')
    .select(['workspace_uid', 'name', 'attempt', 'state', 'token', 'instance_id'])
    .orderBy('name')
    .orderBy('attempt')
    .execute();
}

export async function readRecords({ db }: Harness): Promise<readonly RecordFacts[]> {
  const rows = await db
    .selectFrom('workspaces')
    .select(['uid', 'name', 'generation', 'observed_generation', 'status'])
    .orderBy('name')
    .execute();
  return rows.map(({ status, ...row }) => ({
    ...row,
    // A record that nobody has looked at yet has an empty status.
    conditions: (status as Partial<typeof status>).conditions ?? [],
  }));
}

/** Ours that are not terminated, hidden ones included. */
export function ourInstances({ backend }: Harness): readonly Instance[] {
  return backend.provider
    .instances()
    .filter(({ id, state }) => id !== FOREIGN.id && state !== 'terminated');
}

/**
 * The promises of design §2 for a world at rest: each workspace as it should be, exactly one instance for each that
 * should have one, none left over, the foreign one untouched, launch rows and statuses that say so.
 */
export async function expectWorld(
  harness: Harness,
  expected: Readonly<Record<string, Expected>>,
): Promise<void> {
  const records = await readRecords(harness);
  const open = (await readLaunches(harness)).filter(({ state }) => state !== 'closed');
  const instances = ourInstances(harness);

  const found = Object.keys(expected).map((name) => [
    name,
    describeWorkspace(name, { records, instances }),
  ]);
  expect(Object.fromEntries(found)).toEqual(expected);
  expect(records.map(({ name }) => name)).toEqual(
    Object.keys(expected)
      .filter((name) => expected[name] !== 'absent')
      .sort(),
  );
  expect(open.map(({ name, state, instance_id: id }) => [name, state, id])).toEqual(
    instances
      .map(({ marks, id }) => [marks.name, 'launched', id])
      .sort(([a = ''], [b = '']) => a.localeCompare(b)),
  );
  expect(harness.backend.provider.find(FOREIGN.id)).toEqual(FOREIGN);
}

/** What instances and status say together; anything but an `Expected` names the contradiction. */
function describeWorkspace(
  name: string,
  world: { readonly records: readonly RecordFacts[]; readonly instances: readonly Instance[] },
): string {
  const states = world.instances
    .filter(({ marks }) => marks.name === name)
    .map(({ state }) => state)
    .join('+');
  const record = world.records.find((one) => one.name === name);
  const ready = record?.conditions.find(({ type }) => type === 'Ready');
  const isCurrent = record?.generation === record?.observed_generation;
  const facts = `${states || 'none'} ${ready?.status ?? 'no'} ${ready?.reason ?? 'record'} ${isCurrent ? 'current' : 'outdated'}`;
  return WORDS[facts] ?? facts;
}

const WORDS: Readonly<Record<string, Expected>> = {
  'running True Online current': 'running',
  'stopped True Paused current': 'paused',
  'none True Paused current': 'paused',
  'stopped True AncestorPaused current': 'paused',
  'none True AncestorPaused current': 'paused',
  'none no record current': 'absent',
};
