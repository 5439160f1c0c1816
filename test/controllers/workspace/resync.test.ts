import { describe, expect, it } from '@jest/globals';
import type { FleetSnapshot, Observation } from '../../../controllers/fleet.ts';
import { accept } from '../../../controllers/workspace/accept.ts';
import { comparison, type ResyncInput } from '../../../controllers/workspace/resync.ts';
import { settledKeyOf, type DecidedPass } from '../../../controllers/workspace/settled-view.ts';
import type { ParentRow, SettledRow } from '../../../store/settled-rows.ts';
import type { WorkspaceView } from '../../../store/workspace-view.ts';
import { testProvisioning } from '../../support/provisioning.ts';
import { NOW, known, record, seen, unknown, view } from './builders.ts';

const PROVISIONING = testProvisioning();
const CONTEXT = { ...PROVISIONING, hasMutators: false, hasBackend: () => true };
const SECRETS = PROVISIONING.secrets.snapshot();
const DECIDED_BY = 'rules 1';
const WAITED_BY = 'rules 1 waiting in 7;';
const DEFAULT = view().classes.map((one) => ({ ...one, spec: { ...one.spec, default: true } }));
const QUOTA = DEFAULT.map((one) => ({
  ...one,
  spec: { ...one.spec, quota: { maxWorkspaces: 1 } },
}));

function isAnswering(): boolean | undefined {
  return true;
}

/** The key that a pass stores that had nothing to do about this view. */
function settled(
  decided: WorkspaceView,
  observation: Observation = known(seen()),
  other: Partial<Pick<DecidedPass, 'decidedBy' | 'answer'>> = {},
): string {
  const acceptance = accept(decided, CONTEXT);
  const rest = {
    ...{ decidedBy: DECIDED_BY, isAnswering, secrets: SECRETS },
    hasBackend: CONTEXT.hasBackend,
  };
  return settledKeyOf({ view: decided, acceptance, observation, ...rest, ...other });
}

/** The narrow columns of a workspace that runs as it should, settled by the pass over `view()`. */
function row(overrides: Partial<SettledRow> = {}): SettledRow {
  return {
    uid: 'uid-ada',
    name: 'ada',
    parent_name: null,
    parent_id: null,
    is_paused: false,
    is_deleting: false,
    class_name: null,
    generation: 1,
    spec_hash: 'spec-1',
    requests: null,
    settled_key: settled(view({ classes: DEFAULT })),
    ready: true,
    attempt: 1,
    launch_state: 'launched',
    instance_id: 'i-1',
    backend: 'process',
    namespace: 'default',
    template_hash: null,
    agent: 'none',
    claimed_at: null,
    woken_at: null,
    is_due: false,
    is_external: false,
    external_attempt: null,
    external_url: null,
    ...overrides,
  };
}

/** A record that no pass has settled: it is always looked at, and it does not matter here. */
function other(overrides: Partial<SettledRow>): SettledRow {
  return row({ uid: 'uid-bob', name: 'bob', settled_key: null, ...overrides });
}

function shows(observation: Observation): FleetSnapshot {
  return { of: () => observation };
}

function resync({
  rows = [row()],
  ...overrides
}: Partial<ResyncInput> & { readonly rows?: readonly SettledRow[] } = {}): readonly string[] {
  const isDiffering = comparison({
    parents: parentsOf(rows),
    classes: DEFAULT,
    snapshot: shows(known(seen())),
    hasBackend: CONTEXT.hasBackend,
    isAnswering,
    answerOf: () => undefined,
    decidedBy: DECIDED_BY,
    waitedBy: WAITED_BY,
    secrets: SECRETS,
    ...overrides,
  });
  return rows.filter(isDiffering).map(({ uid }) => uid);
}

/** As `listParents` reads them. */
function parentsOf(rows: readonly SettledRow[]): readonly ParentRow[] {
  return rows.flatMap((parent) => {
    const children = rows.filter(({ parent_id: parentId }) => parentId === parent.uid);
    const ready = children.filter((child) => child.ready).length;
    return children.length === 0
      ? []
      : [{ ...parent, children: { total: children.length, ready } }];
  });
}

describe('the resync of a settled workspace', () => {
  it('finds nothing to do while nothing has changed', () => {
    expect(resync()).toEqual([]);
  });

  it.each<readonly [string, Partial<SettledRow>]>([
    ['no pass has settled it', { settled_key: null }],
    ['its spec has changed', { generation: 2 }],
    ['its annotations have changed', { spec_hash: 'spec-2' }],
    ['a restart was asked for', { requests: { restartRequestedAt: 'now' } }],
    ['a pass was asked for', { requests: { reconcileRequestedAt: 'now' } }],
    ['it names a parent', { parent_name: 'bob' }],
    ['it is paused', { is_paused: true }],
    ['it is deleted', { is_deleting: true }],
    ['it names a class that does not exist', { class_name: 'large' }],
    ['its launch is closing', { launch_state: 'closing' }],
    ['its launch is closed', { attempt: null, launch_state: null, instance_id: null }],
    ['another attempt is open', { attempt: 2 }],
    ['another instance is stored', { instance_id: 'i-2' }],
  ])('finds it when %s', (_title, change) => {
    expect(resync({ rows: [row(change)] })).toEqual(['uid-ada']);
  });

  it.each<readonly [string, Observation]>([
    ['its instance is gone', known()],
    ['its instance is terminated', known(seen({ state: 'terminated' }))],
    ['its instance is stopped', known(seen({ state: 'stopped' }))],
    ['its instance has exited', known(seen({ state: 'stopped', exit: { at: NOW, log: '' } }))],
    ['its instance runs with another configuration', known(seen({ configHash: 'config-0' }))],
    ['another instance is there instead', known(seen({ id: 'i-2' }))],
    ['a second instance is there', known(seen(), seen({ id: 'i-2', attempt: 2 }))],
    ['nothing is known of it any more', unknown(seen())],
  ])('finds it when %s', (_title, observation) => {
    expect(resync({ snapshot: shows(observation) })).toEqual(['uid-ada']);
  });

  it.each<readonly [string, Partial<ResyncInput>]>([
    ['its class has changed', { classes: QUOTA }],
    ['its class is gone', { classes: [] }],
    ['a second class calls itself default', { classes: [...DEFAULT, ...QUOTA] }],
    ['its port does not answer any more', { isAnswering: () => false }],
    ['other rules decide', { decidedBy: 'rules 2' }],
  ])('finds it when %s', (_title, change) => {
    expect(resync(change)).toEqual(['uid-ada']);
  });

  it('leaves one alone that waits for its turn in a rollout, until another leader is there', () => {
    const waiting = settled(view({ classes: DEFAULT }), known(seen()), { decidedBy: WAITED_BY });
    const rows = [row({ settled_key: waiting })];

    expect(resync({ rows })).toEqual([]);
    expect(resync({ rows, waitedBy: 'rules 1 waiting in 8;' })).toEqual(['uid-ada']);
  });

  it('leaves it alone until its port was asked, as after a restart of the controller', () => {
    expect(resync({ isAnswering: () => undefined })).toEqual([]);
  });

  it('leaves it alone when a terminated instance of an earlier attempt fades from the list', () => {
    const earlier = seen({ id: 'i-0', attempt: 0, state: 'terminated' });

    expect(resync({ snapshot: shows(known(seen(), earlier)) })).toEqual([]);
  });
});

describe('the resync of an agent that runs elsewhere', () => {
  const URL = 'http://192.168.0.7';
  const ada = record({ spec: { external: { url: URL } }, externalAttempt: 1 });
  const decided = view({ record: ada, launches: [], classes: DEFAULT });
  const ANSWERS = { isAnswering: true };
  const settledKey = settled(decided, known(), { answer: ANSWERS });
  const elsewhere = row({
    ...{ attempt: null, launch_state: null, instance_id: null, backend: null },
    ...{ is_external: true, external_attempt: 1, external_url: URL, settled_key: settledKey },
  });

  function find(change: Partial<SettledRow>, more: Partial<ResyncInput> = {}): readonly string[] {
    const rows = [{ ...elsewhere, ...change }];
    const answerOf = () => ANSWERS;
    return resync({ rows, snapshot: shows(known()), answerOf, ...more });
  }

  it('finds nothing to do while nothing has changed, with every backend away', () => {
    expect(find({})).toEqual([]);
    expect(find({}, { hasBackend: () => false })).toEqual([]);
  });

  it('leaves it alone until its address was asked', () => {
    expect(find({}, { answerOf: () => undefined })).toEqual([]);
  });

  it.each<readonly [string, Partial<SettledRow>, Partial<ResyncInput>]>([
    ['its agent has gone silent', { agent: 'lost' }, {}],
    ['its attempt is over', { external_attempt: null }, {}],
    ['another attempt is open', { external_attempt: 2 }, {}],
    ['it listens elsewhere', { external_url: 'http://192.168.0.8' }, {}],
    ['its address does not answer', {}, { answerOf: () => ({ isAnswering: false }) }],
  ])('finds it when %s', (_title, change, more) => {
    expect(find(change, more)).toEqual(['uid-ada']);
  });
});

describe('the resync of a tree', () => {
  it('finds the parent when a child becomes ready', () => {
    const children = { total: 1, ready: 0 };
    const parent = row({ settled_key: settled(view({ classes: DEFAULT, children })) });
    const child = other({ parent_id: 'uid-ada', parent_name: 'ada' });

    expect(resync({ rows: [parent, { ...child, ready: true }] })).toContain('uid-ada');
    expect(resync({ rows: [parent, { ...child, ready: false }] })).not.toContain('uid-ada');
  });

  it('finds a child when an ancestor is paused', () => {
    const place = { parentName: 'bob', parentId: 'uid-bob' };
    const ancestor = { uid: 'uid-bob', name: 'bob', isPaused: false, isDeleting: false };
    const before = view({ classes: DEFAULT, ancestors: [ancestor] });
    const decided = { ...before, record: { ...before.record, ...place } };
    const child = row({
      parent_name: 'bob',
      parent_id: 'uid-bob',
      settled_key: settled(decided),
    });

    expect(resync({ rows: [child, other({})] })).not.toContain('uid-ada');
    expect(resync({ rows: [child, other({ is_paused: true })] })).toContain('uid-ada');
  });

  it('ends on a cycle of parents', () => {
    const rows = [
      row({ parent_name: 'bob', parent_id: 'uid-bob' }),
      other({ parent_name: 'ada', parent_id: 'uid-ada' }),
    ];

    expect(resync({ rows })).toEqual(['uid-ada', 'uid-bob']);
  });
});
