import { processClass } from '../support/manifests.ts';
import type { Harness } from '../support/harness.ts';
import { draftLaunch } from '../../provisioning/pipeline.ts';
import { wantedOf, type Wanted } from '../../provisioning/wanted.ts';
import { listWorkspaces, type StoredWorkspace } from '../../store/workspaces.ts';
import { testProvisioning } from '../support/provisioning.ts';
import { BrokenPromiseError } from './invariants.ts';
import type { Outcome } from './model.ts';
import type { Name } from './step.ts';
import { describeWorkspace, ourInstances, readRows, type LaunchFacts } from './world.ts';

/** More than any sequence declares. */
const EVERYTHING = 100;

/** The world is what was declared, says so, and nothing is left to do. Throws `BrokenPromiseError`. */
export async function expectAtRest(
  harness: Harness,
  expected: ReadonlyMap<Name, Outcome>,
): Promise<void> {
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
  await expectNewest(harness, running, rows.launches);
  await expectNothingToDo(harness);
}

function isOutcome(found: string, wanted: Outcome): boolean {
  return wanted === 'idle'
    ? !found.startsWith('running')
    : wanted === 'anything' || found === wanted;
}

/** What runs has the newest spec: env, files, size and command. */
async function expectNewest(
  harness: Harness,
  running: readonly string[],
  launches: readonly LaunchFacts[],
): Promise<void> {
  const records = await listWorkspaces(harness.db, { limit: EVERYTHING });
  const instances = ourInstances(harness);
  for (const record of records.filter(({ name }) => running.includes(name))) {
    const instance = instances.find(({ marks }) => marks.workspaceUid === record.uid);
    const row = launches.find(({ token }) => token === instance?.marks.token);
    const { inputsHash, configHash } = wantedNow(record);
    const isNewest = instance?.configHash === configHash && row?.inputs_hash === inputsHash;
    if (!isNewest) {
      throw new BrokenPromiseError('what runs is what was declared', { record, instance, row });
    }
  }
}

function wantedNow(record: StoredWorkspace): Wanted {
  const { name, spec } = processClass();
  const workspaceClass = { uid: '', generation: 1, name, spec };
  const { secrets, platformUrl } = testProvisioning();
  const draft = draftLaunch({
    ...{ record, workspaceClass },
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
