import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnknownOutcomeError } from '../../lib/errors.ts';
import { mark } from './atomic-files.ts';
import { callOffRun } from './claims.ts';
import type { InstanceFolders } from './instance-folders.ts';
import type { Run } from './instance-reader.ts';
import { phaseOf } from './instance-state.ts';
import { INSTANCE_FILE, RUN_FILE } from './layout.ts';
import { POLL_MILLISECONDS, START_WAIT_SECONDS } from './limits.ts';
import { readEnd } from './log-reader.ts';
import type { Machine } from './machine.ts';
import { killOwnedProcesses } from './owned-processes.ts';
import { signalProcess } from './process-identity.ts';
import { startSupervisor, type StartedSupervisor } from './start-supervisor.ts';

/** How much of a supervisor's last words goes into an error. */
const SUPERVISOR_WORDS_BYTES = 500;

/**
 * Starts a supervisor for the latest run of an instance if nobody has claimed it, and waits until its agent has said who
 * it is, or the run is over. Throws `UnknownOutcomeError` when that takes longer than `START_WAIT_SECONDS`.
 */
export async function beginRun(folders: InstanceFolders, id: string): Promise<void> {
  const run = folders.read(id)?.run;
  if (run !== undefined && phaseOf(run, folders.machine) === 'unclaimed') {
    const supervisor = await startSupervisor(folders.layout, id, run.number);
    await waitUntilBegun(folders, id, supervisor);
  }
}

/** Asks a run to end: never begun if nobody has claimed it, else by its supervisor, else by force. */
export async function endRun(run: Run, machine: Machine, now: Date): Promise<void> {
  const phase = phaseOf(run, machine);
  if (phase === 'unclaimed' && callOffRun(run.path, now)) {
    return;
  }
  const supervisor = run.claim?.supervisor;
  if (supervisor !== undefined && run.isSupervised) {
    signalProcess(supervisor, machine.bootId, 'SIGTERM');
    return;
  }
  if (run.exit === undefined) {
    await killLeftovers(run, machine);
  }
}

/** Marks a run as asked to stop, then asks it to end. One that is over is left with what is known of its end. */
export async function stopRun(run: Run, machine: Machine, now: Date): Promise<void> {
  if (phaseOf(run, machine) === 'over') {
    if (run.exit === undefined) {
      await killLeftovers(run, machine);
    }
    return;
  }
  // First the mark: a supervisor that claims at this moment finds it, and an end that follows is no exit by itself.
  mark(join(run.path, RUN_FILE.stop));
  await endRun(run, machine, now);
}

/**
 * Kills what a killed supervisor left behind. Without a grace period: its agent went with it or has nobody to write to.
 * Throws `UnknownOutcomeError` when some of it survives.
 */
export async function killLeftovers({ record }: Run, { bootId }: Machine): Promise<void> {
  if (!(await killOwnedProcesses({ key: record.key, bootId }))) {
    throw new UnknownOutcomeError('killing processes: some of them do not end');
  }
}

async function waitUntilBegun(
  folders: InstanceFolders,
  id: string,
  supervisor: StartedSupervisor,
): Promise<void> {
  const deadline = performance.now() + START_WAIT_SECONDS * 1000;
  for (;;) {
    // Asked before the look: a supervisor that has ended cannot change what is then seen.
    const hasEnded = supervisor.hasEnded();
    const phase = phaseOfLatest(folders, id);
    if (phase !== 'unclaimed' && phase !== 'starting') {
      return;
    }
    if ((hasEnded && phase === 'unclaimed') || performance.now() > deadline) {
      throw new UnknownOutcomeError(
        `starting the agent: ${hasEnded ? 'its supervisor ended' : 'timed out'} ${lastWords(folders, id)}`.trim(),
      );
    }
    await sleep(POLL_MILLISECONDS);
  }
}

function phaseOfLatest(folders: InstanceFolders, id: string): ReturnType<typeof phaseOf> {
  const run = folders.read(id)?.run;
  return run === undefined ? 'over' : phaseOf(run, folders.machine);
}

function lastWords({ layout }: InstanceFolders, id: string): string {
  return readEnd(join(layout.instance(id), INSTANCE_FILE.supervisorLog), SUPERVISOR_WORDS_BYTES);
}
