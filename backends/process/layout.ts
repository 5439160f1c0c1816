import { join } from 'node:path';

/** What lies where below the data folder. */
export class Layout {
  readonly root: string;
  /** One folder per attempt; renamed here when complete, so that none is ever seen without its owner marks. */
  readonly instances: string;
  /** One folder per workspace: home and working directory of its agent, outlives attempts. */
  readonly states: string;
  /** One symbolic link per port in use, naming the instance. */
  readonly ports: string;
  /** What is not complete yet, or on its way out. */
  readonly drafts: string;

  constructor(root: string) {
    this.root = root;
    this.instances = join(root, 'instances');
    this.states = join(root, 'state');
    this.ports = join(root, 'ports');
    this.drafts = join(root, 'drafts');
  }

  instance(id: string): string {
    return join(this.instances, id);
  }

  state(workspaceUid: string): string {
    return join(this.states, workspaceUid);
  }

  port(port: number): string {
    return join(this.ports, String(port));
  }
}

/** Names inside the folder of an instance. */
export const INSTANCE_FILE = {
  record: 'instance.json',
  /** Empty; somebody asked for the end. Never taken back. */
  terminating: 'terminating',
  /** Empty; nothing runs and nothing will. Its time is that of the end. */
  terminated: 'terminated',
  log: 'log',
  oldLog: 'log.1',
  /** What the supervisor itself has to say; empty unless it failed. */
  supervisorLog: 'supervisor.log',
  /** Ports that this instance may hold, one empty file each: written before the claim, so that none is forgotten. */
  ports: 'ports',
} as const;

/** Names inside the folder of one run. */
export const RUN_FILE = {
  record: 'run.json',
  /** 0600, until the supervisor has read it. */
  env: 'env.json',
  /** The bundle's files. */
  files: 'files',
  /** Exactly one supervisor may run the command: the one named here. */
  claim: 'claim.json',
  /** The agent's line of `/proc/<pid>/stat`, written by itself before it becomes the agent. */
  agent: 'agent',
  exit: 'exit.json',
  /** Empty; somebody asked it to stop. */
  stop: 'stop',
} as const;

export function instanceId(workspaceUid: string, attempt: number): string {
  return `${workspaceUid}-${String(attempt)}`;
}

/** Workspace uid and attempt of an instance id; undefined for any other name. */
export function parseInstanceId(
  id: string,
): { readonly workspaceUid: string; readonly attempt: number } | undefined {
  const [, workspaceUid, attempt] = /^([A-Za-z0-9][A-Za-z0-9._-]*)-([1-9][0-9]*)$/.exec(id) ?? [];
  return workspaceUid === undefined ? undefined : { workspaceUid, attempt: Number(attempt) };
}

export function runFolder(run: number): string {
  return `run-${String(run)}`;
}

/** The highest number among the names `run-<n>`; undefined when there is none. */
export function latestRun(names: readonly string[]): number | undefined {
  const numbers = names.flatMap((name) => /^run-([1-9][0-9]*)$/.exec(name)?.[1] ?? []).map(Number);
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}

/** Whether the names of instances hold a newer attempt of the same workspace. */
export function hasSuccessor(id: string, names: readonly string[]): boolean {
  const own = parseInstanceId(id);
  return names.some((name) => {
    const other = parseInstanceId(name);
    return (
      own !== undefined && other?.workspaceUid === own.workspaceUid && other.attempt > own.attempt
    );
  });
}
