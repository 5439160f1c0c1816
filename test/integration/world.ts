import { expect } from '@jest/globals';
import { sql } from 'kysely';
import type { Condition, Phase } from '../../api/conditions.ts';
import type { Instance } from '../../backends/backend.ts';
import type { LaunchState } from '../../store/tables.ts';
import type { Harness } from '../support/harness.ts';

/** How a workspace should be in the end. */
export type Expected =
  /** Runs, and its change waits. */
  'waiting' | 'running' | 'elsewhere' | 'paused' | 'hibernated' | 'exhausted' | 'absent';

/** What is read of one launch row. */
export interface LaunchFacts {
  readonly workspace_uid: string;
  readonly name: string;
  readonly attempt: number;
  readonly state: LaunchState;
  readonly token: string;
  readonly instance_id: string | null;
  readonly inputs_hash: string;
}

/** What is read of one record. */
export interface RecordFacts {
  readonly uid: string;
  readonly name: string;
  readonly generation: number;
  readonly observed_generation: number;
  readonly is_deleting: boolean;
  readonly deletion_requested_at: string | null;
  readonly phase: Phase;
  readonly ready: boolean;
  readonly is_external: boolean;
  /** Somebody asked for a start with an empty state. */
  readonly is_reset_asked: boolean;
  /** When its last change failed, if it did and nobody has seen it well since. */
  readonly failed_at: string | null;
  /** The attempt that its status speaks of. */
  readonly attempt: number | null;
  /** Absent in a record that nobody has looked at yet. */
  readonly conditions?: readonly Condition[];
}

/** An attempt that has a token which is good. */
export interface CredentialFacts {
  readonly workspace_uid: string;
  readonly attempt: number;
}

export interface ReportFacts extends CredentialFacts {
  readonly heartbeat_at: string;
}

export interface ActivityFacts {
  readonly id: number;
  readonly workspace_uid: string;
  readonly action: string;
  readonly reason: string;
  readonly at: string;
  readonly attempt: number | null;
}

/** What a class allows, and what people have said of its rollouts. */
export interface ClassFacts {
  readonly max_unavailable: number | null;
  readonly max_workspaces: number | null;
  readonly paused_at: string | null;
  readonly resumed_at: string | null;
}

/** Rows of one moment. */
export interface RowFacts {
  readonly records: readonly RecordFacts[];
  readonly launches: readonly LaunchFacts[];
  readonly reports: readonly ReportFacts[];
  readonly credentials: readonly CredentialFacts[];
  readonly classes: readonly ClassFacts[];
  /** Newer than what was asked for. */
  readonly activity: readonly ActivityFacts[];
}

const NO_ROWS: RowFacts = {
  ...{ records: [], launches: [], reports: [], credentials: [], classes: [], activity: [] },
};

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

/** All of the namespace `default`; activity after that of `afterActivity`. */
export async function readRows(
  { db }: Pick<Harness, 'db'>,
  afterActivity = Number.MAX_SAFE_INTEGER,
): Promise<RowFacts> {
  const { rows } = await sql<RowFacts>`
    select (select coalesce(jsonb_agg(jsonb_build_object(
              'uid', uid, 'name', name, 'generation', generation,
              'observed_generation', observed_generation, 'phase', phase, 'ready', ready,
              'is_deleting', deletion_requested_at is not null,
              'deletion_requested_at', deletion_requested_at,
              'is_external', spec ? 'external', 'is_reset_asked', requests ? 'resetSessionAt',
              'failed_at', status #> '{rollout,failure,at}', 'attempt', status #> '{backend,attempt}',
              'conditions', status -> 'conditions') order by name), '[]')
              from workspaces where namespace = 'default') as records,
           (select coalesce(jsonb_agg(jsonb_build_object(
              'workspace_uid', workspace_uid, 'name', name, 'attempt', attempt, 'state', state,
              'token', token, 'instance_id', instance_id, 'inputs_hash', inputs_hash)
              order by name, attempt), '[]')
              from launches where namespace = 'default') as launches,
           (select coalesce(jsonb_agg(jsonb_build_object('workspace_uid', workspace_uid,
              'attempt', attempt, 'heartbeat_at', heartbeat_at)), '[]') from agent_reports) as reports,
           (select coalesce(jsonb_agg(jsonb_build_object('workspace_uid', workspace_uid, 'attempt', attempt)), '[]')
              from credentials where revoked_at is null) as credentials,
           (select coalesce(jsonb_agg(jsonb_build_object(
              'max_unavailable', spec #> '{rollout,maxUnavailable}', 'max_workspaces', spec #> '{quota,maxWorkspaces}',
              'paused_at', rollout -> 'pausedAt', 'resumed_at', rollout -> 'resumedAt')), '[]') from classes) as classes,
           (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'workspace_uid', workspace_uid, 'at', at,
              'action', action, 'reason', reason, 'attempt', data -> 'attempt') order by id), '[]')
              from activity where id > ${afterActivity} and workspace_uid is not null) as activity`.execute(
    db,
  );
  return rows[0] ?? NO_ROWS;
}

/** Ours that are not terminated, hidden ones included. */
export function ourInstances({ backend }: Harness): readonly Instance[] {
  return backend.provider
    .instances()
    .filter(({ id, state }) => id !== FOREIGN.id && state !== 'terminated');
}

/** The foreign one as it is now, hidden or not. */
export function foreignOf({ backend }: Harness): Instance | undefined {
  return backend.provider.instances().find(({ id }) => id === FOREIGN.id);
}

/**
 * The promises of design §2 for a world at rest: each workspace as it should be, exactly one instance for each that
 * should have one, none left over, the foreign one untouched, launch rows and statuses that say so.
 */
export async function expectWorld(
  harness: Harness,
  expected: Readonly<Record<string, Expected>>,
): Promise<void> {
  const { records, launches } = await readRows(harness);
  const open = launches.filter(({ state }) => state !== 'closed');
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
  expect(foreignOf(harness)).toEqual(FOREIGN);
}

/** What instances and status say together; anything but an `Expected` names the contradiction. */
export function describeWorkspace(
  name: string,
  world: {
    readonly records: readonly RecordFacts[];
    readonly instances: readonly {
      readonly state: string;
      readonly marks: { readonly name: string };
    }[];
  },
): string {
  const states = world.instances
    .filter(({ marks }) => marks.name === name)
    .map(({ state }) => state);
  const record = world.records.find((one) => one.name === name);
  const facts = [states.length === 0 ? 'none' : states.join('+'), describeRecord(record)].join(' ');
  return WORDS[facts] ?? facts;
}

function describeRecord(record: RecordFacts | undefined): string {
  if (record === undefined) {
    return 'no record';
  }
  const ready = record.conditions?.find(({ type }) => type === 'Ready');
  const isCurrent = record.generation === record.observed_generation;
  return `${ready?.status ?? 'no'} ${ready?.reason ?? 'status'}${isCurrent ? '' : ' of an old generation'}`;
}

const WORDS: Readonly<Record<string, Expected>> = {
  'running True Online': 'running',
  'running False Provisioning': 'waiting',
  'none False AwaitingAgent': 'elsewhere',
  'stopped True Paused': 'paused',
  'none True Paused': 'paused',
  'stopped True AncestorPaused': 'paused',
  'none True AncestorPaused': 'paused',
  'stopped True Hibernated': 'hibernated',
  'none True Hibernated': 'hibernated',
  'none False ProvisionTimeout': 'exhausted',
  'none no record': 'absent',
};
