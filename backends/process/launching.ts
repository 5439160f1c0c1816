import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConflictError, UnknownOutcomeError } from '../../lib/errors.ts';
import type { Bundle } from '../backend.ts';
import { agentEnvironment } from './agent-environment.ts';
import { createDraft, publishDraft, writeRun } from './drafts.ts';
import type { InstanceFolder } from './instance-reader.ts';
import { INSTANCE_FILE, hasSuccessor, instanceId, runFolder, type Layout } from './layout.ts';
import { CALL_LIFETIME_SECONDS } from './limits.ts';
import { claimPort, releasePorts } from './ports.ts';
import type { InstanceRecord, RunRecord } from './records.ts';

/** What the making of folders needs from outside. */
export interface Surroundings {
  readonly layout: Layout;
  readonly now: () => Date;
  readonly randomId: () => string;
  /** `PATH` of agents. */
  readonly path: string;
}

/**
 * Makes the folder of an instance with its first run in it, under its name in one step: it is there completely, marks and
 * bundle included, or not at all. Nothing happens when somebody else has made it.
 */
export async function publishInstance(
  surroundings: Surroundings,
  record: InstanceRecord,
  bundle: Bundle,
): Promise<void> {
  const { layout, now, randomId } = surroundings;
  const id = instanceId(record.marks.workspaceUid, record.marks.attempt);
  const begunAt = now().getTime();
  const draft = await createDraft(layout, randomId());
  const heldFolder = join(draft, INSTANCE_FILE.ports);
  let isPublished = false;
  try {
    await writeFile(join(draft, INSTANCE_FILE.record), JSON.stringify(record), {
      mode: 0o600,
      flush: true,
    });
    await fillRun(surroundings, { record, number: 1, bundle, folder: draft, heldFolder });
    await refuseIfSucceeded(layout, id);
    if (now().getTime() - begunAt >= CALL_LIFETIME_SECONDS * 1000) {
      throw new UnknownOutcomeError('launching instance: it was held up for too long');
    }
    isPublished = await publishDraft(draft, layout.instance(id));
  } finally {
    if (!isPublished) {
      await releasePorts({ layout, id, heldFolder });
      await rm(draft, { recursive: true, force: true });
    }
  }
}

/** Makes the next run of a stopped instance. Nothing happens when somebody else has made it. */
export async function publishNextRun(
  surroundings: Surroundings,
  folder: InstanceFolder,
  bundle: Bundle,
): Promise<void> {
  const { layout, randomId } = surroundings;
  const { record, run } = folder;
  const number = (run?.number ?? 0) + 1;
  const draft = await createDraft(layout, randomId());
  try {
    await fillRun(surroundings, {
      record,
      number,
      bundle,
      folder: draft,
      heldFolder: join(folder.path, INSTANCE_FILE.ports),
      ...(run?.record.port === undefined ? {} : { preferredPort: run.record.port }),
    });
    await publishDraft(join(draft, runFolder(number)), join(folder.path, runFolder(number)));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

interface RunRequest {
  readonly record: InstanceRecord;
  readonly number: number;
  readonly bundle: Bundle;
  /** Where the folder of the run is made. */
  readonly folder: string;
  readonly heldFolder: string;
  readonly preferredPort?: number;
}

async function fillRun(surroundings: Surroundings, request: RunRequest): Promise<void> {
  const { record, number, bundle, folder } = request;
  const port = await pickPort(surroundings, request);
  const run: RunRecord = {
    key: surroundings.randomId(),
    createdAt: surroundings.now().toISOString(),
    configHash: bundle.configHash,
    ...(port === undefined ? {} : { port }),
  };
  const env = agentEnvironment({ ...surroundings, record, number, run, bundle });
  await writeRun(join(folder, runFolder(number)), { record: run, env, files: bundle.files });
}

async function pickPort(
  { layout, now }: Surroundings,
  { record, heldFolder, preferredPort }: RunRequest,
): Promise<number | undefined> {
  const range = record.details.portRange;
  if (range === undefined) {
    return undefined;
  }
  return await claimPort({
    layout,
    id: instanceId(record.marks.workspaceUid, record.marks.attempt),
    heldFolder,
    range,
    now: now(),
    ...(preferredPort === undefined ? {} : { preferred: preferredPort }),
  });
}

/** A launch that comes after its own successor was sent by somebody who is not the leader any more. */
async function refuseIfSucceeded(layout: Layout, id: string): Promise<void> {
  if (hasSuccessor(id, await readdir(layout.instances))) {
    throw new ConflictError('launching instance: a newer attempt of this workspace exists');
  }
}
