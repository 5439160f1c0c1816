import type { LaunchIntent, LaunchParameters, OwnerMarks } from '../api/launch.ts';
import type { WorkspaceClassSpec } from '../api/workspace-class.ts';

export type { LaunchIntent, LaunchParameters, OwnerMarks } from '../api/launch.ts';

/**
 * One way to run instances. Conversion plus calls, no policy: no retries, no restart, no backoff of its own.
 * Every method throws errors of `lib/errors.ts` only; each backend translates its provider's errors in one file.
 */
export interface Backend {
  /** Seconds for which a new instance may be missing from `find` and `list`. */
  readonly settleSeconds: number;
  /** Seconds after which a launch call that was sent can no longer take effect. */
  readonly callLifetimeSeconds: number;
  /** Whether a terminated instance's state is found again by the next attempt; decides the default of `rollout.replace`. */
  readonly keepsState: boolean;

  /** Every instance of this installation, all pages; throws rather than return a part. */
  list(): Promise<readonly Instance[]>;
  /** Asks the provider now, never a cache; undefined only when the provider says it does not exist. */
  find(id: string): Promise<Instance | undefined>;
  /** The instance that a launch in doubt produced, if any. Asks the provider now. */
  findByToken(token: string): Promise<Instance | undefined>;
  /** Fixes what a launch will ask for. Reads only. */
  resolve(request: LaunchRequest): Promise<LaunchParameters>;
  /**
   * Idempotent per `intent.token`, in this process or another; owner marks are set in the same call. A token whose instance
   * ended answers it as it is and runs nothing. `ConflictError` when the token or the id is taken by another intent.
   */
  launch(intent: LaunchIntent, bundle: Bundle): Promise<Instance>;
  /** Keeps the workspace's state. Accepted, or already stopped; `NotFoundError` when there is no such instance. */
  stop(id: string): Promise<void>;
  /**
   * Starts a stopped instance with a new bundle; a running one is left as it is. `NotFoundError` when there is none,
   * `ConflictError` while it is still stopping.
   */
  start(id: string, bundle: Bundle): Promise<void>;
  /** Accepted, or already gone; absence is observed, not returned. */
  terminate(id: string): Promise<void>;
  /**
   * Volumes, folders. `ConflictError` unless every instance of the workspace is stopped or gone; the next start finds it
   * empty. Nothing there is success.
   */
  removeState(workspaceUid: string): Promise<void>;
  /** The last `tail` lines of console output, container log or process log. */
  readLog(id: string, tail: number): Promise<string>;
}

/**
 * - `pending`: accepted, not running yet · `running` · `stopping` · `stopped`: may be started again
 * - `terminating` · `terminated`: the provider says it is gone and will never run again
 * - `pending`, `stopping` and `terminating` pass by themselves: no further call is needed, also when the caller died
 * - `unknown`: seen, but its state cannot be told (e.g. it belongs to another machine); nothing may follow from it
 */
export type InstanceState =
  'pending' | 'running' | 'stopping' | 'stopped' | 'terminating' | 'terminated' | 'unknown';

/** A local process, a container or an EC2 instance, as the provider shows it now. */
export interface Instance {
  /** The provider's id; unique within its backend for ever. */
  readonly id: string;
  readonly state: InstanceState;
  readonly marks: OwnerMarks;
  readonly launchedAt: Date;
  /** Of the current or last run, where the backend can tell; a restart moves it, `launchedAt` stays. */
  readonly startedAt?: Date;
  /** Where the agent listens, if it has a port: `http://127.0.0.1:20003`. */
  readonly url?: string;
  readonly zone?: string;
  readonly image?: string;
  /** Hash of the bundle it was last started with, where the backend can tell. */
  readonly configHash?: string;
  /** `gc-protect` set on the instance itself: no delete path touches it. */
  readonly isProtected?: boolean;
  /** Present only on a `stopped` instance that ended by itself: nobody asked it to stop. */
  readonly exit?: InstanceExit;
}

export interface InstanceExit {
  /** Absent when it was killed by a signal or the code could not be recorded. */
  readonly code?: number;
  readonly signal?: string;
  readonly at: Date;
  /** Its last log lines, at most 4 KiB. */
  readonly log: string;
}

/** What the pipeline asks a backend to resolve: everything that decides where and what is launched, no secrets. */
export interface LaunchRequest {
  readonly workspaceUid: string;
  readonly namespace: string;
  readonly name: string;
  readonly className: string;
  readonly classSpec: WorkspaceClassSpec;
  readonly runtime: string;
  readonly tier: number;
}

/** What the agent gets: rendered anew for every call, never stored by the controller. */
export interface Bundle {
  /** May hold secrets: never logged, never in a message. */
  readonly env: Readonly<Record<string, string>>;
  /** Relative path to content. */
  readonly files: Readonly<Record<string, string>>;
  /** Hash over env and files: the config revision. */
  readonly configHash: string;
}
