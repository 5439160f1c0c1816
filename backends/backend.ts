import type { LaunchIntent, LaunchParameters, OwnerMarks } from '../api/launch.ts';
import type { WorkspaceClassSpec } from '../api/workspace-class.ts';

export type { LaunchIntent, LaunchParameters, OwnerMarks } from '../api/launch.ts';

/**
 * Longest that one mutating call may take: RunInstances takes up to some seconds. A leader makes sure of its lease for so long
 * before each; it renews the 15 s of it every 2 s, so that there is nearly always room for one.
 */
export const CALL_SECONDS = 10;

/**
 * One way to run instances. Conversion plus calls, no policy: no retries, no restart, no backoff of its own.
 * Every method throws errors of `lib/errors.ts` only; each backend translates its provider's errors in one file.
 */
export interface Backend {
  /** Seconds for which a new instance may be missing from `find` and `list`. */
  readonly settleSeconds: number;
  /** Seconds after which a launch call that was sent can no longer take effect. */
  readonly callLifetimeSeconds: number;
  /** Shortest seconds between two complete lists, where lists cost something; none: the controller's own interval. */
  readonly listIntervalSeconds?: number;
  /** Whether a terminated instance's state is found again by the next attempt; decides the default of `rollout.replace`. */
  readonly keepsState: boolean;
  /**
   * True where an instance cannot be handed its bundle and fetches it over the agent API, with the bootstrap token of its
   * attempt (docs/adr/0005): `launch` and `start` get a bundle without credentials.
   */
  readonly bootstraps?: boolean;

  /** Every instance of this installation, all pages; throws rather than return a part. */
  list(): Promise<readonly Instance[]>;
  /**
   * Every instance of these workspaces, as complete as `list` and cheaper for a few of them. Backends whose `list` costs
   * nothing have none.
   */
  listWorkspaces?(uids: readonly string[]): Promise<readonly Instance[]>;
  /** Asks the provider now, never a cache; undefined only when the provider says it does not exist. */
  find(id: string): Promise<Instance | undefined>;
  /** The instance that a launch in doubt produced, if any. Asks the provider now. */
  findByToken(token: string): Promise<Instance | undefined>;
  /**
   * What the provider says a class means, as plain JSON without secrets: image, zones, sizes. Asked once for each generation
   * of a class and shown in its status. Reads only. `TerminalError` when it names what does not exist.
   */
  resolveClass?(classSpec: WorkspaceClassSpec): Promise<ClassResolution>;
  /** Fixes what a launch will ask for. Reads only. */
  resolve(request: LaunchRequest): Promise<LaunchParameters>;
  /**
   * Takes the turn of one mutating call and answers the seconds until it comes; 0: call now. The turn is kept for `key`,
   * so asking again does not take another; one that nobody uses in time goes back. The call for that key uses it: `launch`
   * that of its workspace's uid, the others that of the instance's id. Backends whose provider sets no pace have none.
   */
  reserve?(operation: MutatingOperation, key: string): number;
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
  /** Before an instance is terminated whose state is to stay, where the state would go with it. `NotFoundError` when it is gone. */
  retainState?(id: string): Promise<void>;
  /**
   * Accepted, or already gone; absence is observed, not returned. Calls of `background` wait behind all others, at a pace
   * of their own, where the provider sets one.
   */
  terminate(id: string, priority?: CallPriority): Promise<void>;
  /**
   * Volumes, folders. `ConflictError` unless every instance of the workspace is stopped or gone; the next start finds it
   * empty. Nothing there is success.
   */
  removeState(workspaceUid: string): Promise<void>;
  /** The last `tail` lines of console output, container log or process log. */
  readLog(id: string, tail: number): Promise<string>;
  /** How fast calls may be sent now, for people; in a fixed order. */
  lanes?(): readonly LaneState[];
}

/** The calls of a `Backend` that a provider counts. */
export type MutatingOperation = 'launch' | 'start' | 'stop' | 'terminate';

/** Whose call it is: a person's, or that of a loop which tidies up. */
export type CallPriority = 'user' | 'background';

/** See `Backend.resolveClass`; only the backend that made it reads it. */
export type ClassResolution = Readonly<Record<string, unknown>>;

/** One limiter in front of a provider. */
export interface LaneState {
  /** The provider's name of what is limited: `RunInstances`. */
  readonly bucket: string;
  readonly tokens: number;
  readonly refillPerSecond: number;
  /** What the provider documents; less is refilled after it has throttled. */
  readonly fullRefillPerSecond: number;
  readonly burst: number;
  /** Turns that are taken and not used yet. */
  readonly waiting: number;
  /** Throttles since the start. */
  readonly throttled: number;
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
  /** Present only on a `stopped` or `terminated` instance that ended by itself: nobody asked it to. */
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
  /** Where the agent finds the controller; frozen, because a replay must ask for the same. */
  readonly platformUrl: string;
  /** Of this generation of the class, where the backend has `resolveClass`. */
  readonly resolution?: ClassResolution;
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
