import type { Instance, InstanceState } from '../backend.ts';
import { exitOf } from './exit-evidence.ts';
import type { InstanceFolder, Run } from './instance-reader.ts';
import { instanceId } from './layout.ts';
import type { Machine } from './machine.ts';
import { isAlive, type ProcessIdentity } from './process-identity.ts';

/** How far a run has come. */
export type RunPhase =
  /** No supervisor has claimed it: its launch was cut off, or is under way. */
  | 'unclaimed'
  /** Claimed; the agent has not written who it is. */
  | 'starting'
  | 'running'
  /** The agent has ended and its supervisor clears up. */
  | 'ending'
  | 'over';

/** Compares what a run's files say with the processes there are. */
export function phaseOf(run: Run, { bootId }: Machine): RunPhase {
  if (run.claim === undefined) {
    return 'unclaimed';
  }
  if (run.exit !== undefined || run.claim.supervisor === undefined) {
    return 'over';
  }
  const agent = agentOf(run);
  const isAgentAlive = agent !== undefined && isAlive(agent, bootId);
  if (run.isSupervised) {
    return agent === undefined ? 'starting' : isAgentAlive ? 'running' : 'ending';
  }
  return isAgentAlive ? 'running' : 'over';
}

/** Who the agent is, if it has said so. */
function agentOf({ agent, claim }: Run): ProcessIdentity | undefined {
  return agent === undefined || claim?.supervisor === undefined
    ? undefined
    : { ...agent, bootId: claim.supervisor.bootId };
}

/** The state that the contract knows. */
export function stateOf(folder: InstanceFolder, machine: Machine): InstanceState {
  if (folder.record.machineId !== machine.machineId || folder.run?.isElsewhere === true) {
    return 'unknown';
  }
  if (folder.isTerminated) {
    return 'terminated';
  }
  const { run } = folder;
  if (run === undefined) {
    return 'stopped';
  }
  // What was asked for comes by itself only while a supervisor lives. Without one the instance shows as what it is, so
  // that whoever wants its end asks again, and is served by `terminate` or `stop` itself.
  return run.isSupervised && folder.isTerminating
    ? 'terminating'
    : stateOfRun(phaseOf(run, machine), run.isSupervised && run.isStopAsked);
}

/** A folder as the instance that callers see. */
export function toInstance(folder: InstanceFolder, machine: Machine): Instance {
  const { record, run } = folder;
  const state = stateOf(folder, machine);
  const port = run?.record.port;
  return {
    id: instanceId(record.marks.workspaceUid, record.marks.attempt),
    state,
    marks: record.marks,
    launchedAt: new Date(record.createdAt),
    ...(run?.claim?.supervisor === undefined ? {} : { startedAt: new Date(run.claim.at) }),
    ...(port === undefined ? {} : { url: `http://127.0.0.1:${String(port)}` }),
    ...(run === undefined ? {} : { configHash: run.record.configHash }),
    ...(state === 'stopped' && run !== undefined ? exitOf(folder.path, run, machine) : {}),
  };
}

function stateOfRun(phase: RunPhase, isStopping: boolean): InstanceState {
  switch (phase) {
    case 'unclaimed':
      // Nothing runs and nothing will by itself: `start` heals a launch that was cut off here.
      return 'stopped';
    case 'starting':
      return isStopping ? 'stopping' : 'pending';
    case 'running':
      return isStopping ? 'stopping' : 'running';
    case 'ending':
      return 'stopping';
    case 'over':
      return 'stopped';
  }
}
