import type { Harness } from '../support/harness.ts';
import { draftLaunch } from '../../provisioning/pipeline.ts';
import { wantedOf, type Wanted } from '../../provisioning/wanted.ts';
import { listWorkspaces, type StoredWorkspace } from '../../store/workspaces.ts';
import { testProvisioning } from '../support/provisioning.ts';
import { BrokenPromiseError } from './broken-promise.ts';
import type { Model, Outcome } from './model.ts';
import { describeWorkspace, ourInstances, readRows, type LaunchFacts } from './world.ts';

/** More than any sequence declares. */
const EVERYTHING = 100;

/** The world is what was declared, says so, and nothing is left to do. Throws `BrokenPromiseError`. */
export async function expectAtRest(harness: Harness, model: Model): Promise<void> {
  const expected = model.expected();
  const rows = await readRows(harness);
  const instances = ourInstances(harness);
  for (const [name, wanted] of expected) {
    const found = describeWorkspace(name, { records: rows.records, instances });
    if (!isOutcome(found, wanted)) {
      throw new BrokenPromiseError('the world becomes what was declared', { name, wanted, found });
    }
  }
  const strays = rows.launches.filter(
    ({ state, workspace_uid: uid }) =>
      state !== 'closed' && !rows.records.some((record) => record.uid === uid),
  );
  if (strays.length > 0) {
    throw new BrokenPromiseError('a released record leaves no open attempt', strays);
  }
  const running = [...expected].filter(([, wanted]) => wanted === 'running').map(([name]) => name);
  await expectNewest(harness, { running, launches: rows.launches, model });
  await expectNothingToDo(harness);
}

function isOutcome(found: string, wanted: Outcome): boolean {
  switch (wanted) {
    case 'idle':
      return !found.startsWith('running');
    case 'anything':
      return true;
    case 'hibernated or running':
      return found === 'hibernated' || found === 'running';
    default:
      return found === wanted;
  }
}

/** What runs has the newest spec, template and secrets: env, files, size and command. */
async function expectNewest(
  harness: Harness,
  {
    running,
    launches,
    model,
  }: {
    readonly running: readonly string[];
    readonly launches: readonly LaunchFacts[];
    readonly model: Model;
  },
): Promise<void> {
  const records = await listWorkspaces(harness.db, { limit: EVERYTHING });
  const instances = ourInstances(harness);
  for (const record of records.filter(({ name }) => running.includes(name))) {
    const instance = instances.find(({ marks }) => marks.workspaceUid === record.uid);
    const row = launches.find(({ token }) => token === instance?.marks.token);
    const { inputsHash, configHash } = wantedNow(record, model);
    const isNewest = instance?.configHash === configHash && row?.inputs_hash === inputsHash;
    if (!isNewest) {
      throw new BrokenPromiseError('what runs is what was declared', { record, instance, row });
    }
  }
}

function wantedNow(record: StoredWorkspace, model: Model): Wanted {
  const { name, spec } = model.workspaceClass();
  const workspaceClass = { uid: '', generation: 1, name, spec };
  const { secrets, platformUrl } = testProvisioning({ secrets: () => model.secrets() });
  const template = { ...model.template(), generation: 1, directories: {}, specHash: '' };
  const draft = draftLaunch({
    ...{ record, workspaceClass, template },
    platformUrl: platformUrl(),
    secrets: secrets.snapshot(),
  });
  if ('reason' in draft) {
    throw new BrokenPromiseError('what is declared can be launched', { record, draft });
  }
  return wantedOf(draft, workspaceClass);
}

async function expectNothingToDo(harness: Harness): Promise<void> {
  const calls = harness.backend.calls.length;
  const { isCalm, hasWritten } = await harness.look();
  const more = harness.backend.calls.slice(calls);
  if (!isCalm || hasWritten || more.length > 0) {
    throw new BrokenPromiseError('a steady world costs nothing', { isCalm, hasWritten, more });
  }
}
