import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../../lib/error-code.ts';
import { AgentLog } from './agent-log.ts';
import { runAgent, type AgentEnd } from './agent-process.ts';
import { createOnce, readIfThere } from './atomic-files.ts';
import { claimRun } from './claims.ts';
import { removeFolder } from './drafts.ts';
import { buryInstance } from './ending.ts';
import { InstanceReader, type InstanceFolder, type Run } from './instance-reader.ts';
import { INSTANCE_FILE, RUN_FILE, hasSuccessor, type Layout } from './layout.ts';
import { ownIdentity } from './process-identity.ts';
import type { ExitRecord } from './records.ts';
import { watchStopWish } from './stop-wish.ts';

export interface SupervisorOptions {
  readonly layout: Layout;
  readonly id: string;
  readonly run: number;
  readonly bootId: string;
  /** Asks for the end of the agent. */
  readonly stop: AbortSignal;
}

/** A full disk is often free again within seconds; after that the end counts as not recorded. */
const RECORD_TRIES = 20;
const RECORD_RETRY_MILLISECONDS = 500;

/**
 * Runs one run of one instance to its end. Any number of supervisors may be started for a run: the one that wins its claim
 * runs the command, the others do nothing.
 */
export async function superviseRun(options: SupervisorOptions): Promise<void> {
  const { layout, id, bootId } = options;
  const path = layout.instance(id);
  const seen = new InstanceReader(layout, bootId).read(path)?.run;
  const claim = { supervisor: ownIdentity(bootId), root: layout.root };
  if (seen?.number !== options.run || !claimRun(seen.path, claim, new Date())) {
    return;
  }
  // Read again after the claim: whoever marks first and looks for a claim second either is seen here, or sees the claim.
  const folder = new InstanceReader(layout, bootId).read(path);
  if (folder?.run?.number === options.run) {
    await superviseClaimed(options, folder, folder.run);
  }
  if (new InstanceReader(layout, bootId).read(path)?.isTerminating === true) {
    await buryInstance(layout, id);
  }
}

async function superviseClaimed(
  options: SupervisorOptions,
  folder: InstanceFolder,
  run: Run,
): Promise<void> {
  const log = new AgentLog({
    path: join(folder.path, INSTANCE_FILE.log),
    oldPath: join(folder.path, INSTANCE_FILE.oldLog),
  });
  await removeEarlierRuns(options.layout, folder.path, run.number);
  const end = await runUnlessRefused(options, { folder, run, log });
  log.close();
  await recordExit(run, { at: new Date().toISOString(), ...end, log: log.end() });
  rmSync(join(run.path, RUN_FILE.env), { force: true });
}

async function runUnlessRefused(
  { layout, id, bootId, stop }: SupervisorOptions,
  { folder, run, log }: { folder: InstanceFolder; run: Run; log: AgentLog },
): Promise<AgentEnd> {
  const refusal = findRefusal(layout, id, folder);
  if (refusal !== undefined) {
    log.write(Buffer.from(`treeline: not started: ${refusal}\n`));
    return {};
  }
  const { details, marks } = folder.record;
  using wish = watchStopWish(stop, folder.path, run.path);
  try {
    return await runAgent({
      command: details.command,
      env: takeEnvironment(run),
      workingDirectory: layout.state(marks.workspaceUid),
      identityPath: join(run.path, RUN_FILE.agent),
      stopGraceSeconds: details.stopGraceSeconds,
      log,
      ownership: { key: run.record.key, bootId },
      stop: wish.signal,
    });
  } catch (error) {
    log.write(Buffer.from(`treeline: the agent could not be started: ${String(error)}\n`));
    return {};
  }
}

/** Why the command must not run although the run was claimed. */
function findRefusal(layout: Layout, id: string, folder: InstanceFolder): string | undefined {
  if (folder.isTerminating || folder.run?.isStopAsked === true) {
    return 'it was asked to stop first';
  }
  // A launch that was held up for very long must not put a second agent into the folder of its successor.
  return hasSuccessor(id, readdirSync(layout.instances)) ? 'a newer attempt exists' : undefined;
}

/** The environment is on disk only until it was read: it may hold secrets. */
function takeEnvironment(run: Run): Record<string, string> {
  const path = join(run.path, RUN_FILE.env);
  const text = readIfThere(path) ?? '{}';
  rmSync(path, { force: true });
  return JSON.parse(text) as Record<string, string>;
}

/** What earlier runs were given is of no use any more, and may hold secrets. A run is begun only while it is the latest. */
async function removeEarlierRuns(layout: Layout, path: string, current: number): Promise<void> {
  for (const name of readdirSync(path)) {
    const number = Number(/^run-([0-9]+)$/.exec(name)?.[1] ?? current);
    if (number < current) {
      await removeFolder(layout, join(path, name), randomUUID());
    }
  }
}

async function recordExit(run: Run, exit: ExitRecord): Promise<void> {
  for (let tries = 0; tries < RECORD_TRIES; tries += 1) {
    try {
      createOnce(join(run.path, RUN_FILE.exit), JSON.stringify(exit));
      return;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') {
        // Somebody removed the folder; as long as this process is here, the instance counts as not absent yet.
        return;
      }
      await sleep(RECORD_RETRY_MILLISECONDS);
    }
  }
}
