import type { LaunchState } from '../../store/tables.ts';

/** Ticks during which a launch call that was sent may still take effect; the plan is told the same. */
export const LIFETIME = 1;
/** Ticks for which a new instance may be missing from lists and look-ups; the plan is told the same. */
export const SETTLE = 1;
/** A list that is older than this many ticks says nothing any more. */
export const STALE_AFTER = 1;

/** The whole world at one moment. Immutable; every time is an age in ticks, cut off where nothing depends on it. */
export interface World {
  readonly database: Database;
  readonly backup: Backup | undefined;
  readonly provider: Provider;
  /** The process that the epoch row names. */
  readonly leader: Controller | undefined;
  /** A process that was leader, was stopped, and does not know that it is not leader any more. */
  readonly stale: Controller | undefined;
  readonly budget: Budget;
}

export type Role = 'leader' | 'stale';

/** What may still go wrong, or be changed by people. */
export interface Budget {
  /** Calls that are refused, throttled, lost or late. */
  readonly faults: number;
  readonly crashes: number;
  readonly takeovers: number;
  readonly edits: number;
  /** Exits, instances that vanish, tags removed, instances with copied marks. */
  readonly accidents: number;
  readonly restores: number;
  /** Some older state of the database came back; from then on a second instance may exist, and must be reported. */
  readonly wasDatabaseLost: boolean;
}

export interface Database {
  readonly record: WorkspaceRow | undefined;
  readonly rows: readonly LaunchRow[];
  /** Ids of reported instances whose deletion a person has approved. */
  readonly approved: readonly number[];
  /** Live records of other workspaces. */
  readonly others: number;
  /** Live records at the last pass of the garbage collection that found nothing suspicious. */
  readonly liveRecords: number;
}

export interface Backup {
  readonly database: Database;
  /** Whom the epoch row of the copy names. */
  readonly holder: Role | 'nobody';
}

export interface WorkspaceRow {
  readonly isDeleting: boolean;
  /** Declared again while it is being deleted. */
  readonly isDeclaredAgain: boolean;
  readonly isPaused: boolean;
  readonly isAccepted: boolean;
  /** Declared to run elsewhere. */
  readonly isExternal: boolean;
  /** The attempt of the agent elsewhere; 0: none. */
  readonly externalAttempt: number;
  /** The highest attempt that an agent elsewhere ever had: its credentials stay. */
  readonly highestExternal: number;
  readonly inputs: number;
  readonly config: number;
  /** `exitOf` of the exit that is stored as evidence; 0: none. Its backoff is over. */
  readonly recordedExit: number;
}

export interface LaunchRow {
  readonly attempt: number;
  readonly state: LaunchState;
  readonly callsInDoubt: number;
  /** Since the last call was counted or, later, since the launch was stored; -1: neither. */
  readonly age: number;
  readonly isRefused: boolean;
  /** -1: not known. */
  readonly instanceId: number;
  readonly inputs: number;
  readonly config: number;
  readonly token: number;
}

export interface Provider {
  /** In the order of their creation; terminated ones stay, as their tokens do. */
  readonly instances: readonly ProviderInstance[];
  /** Launch calls whose sender gave up waiting. */
  readonly calls: readonly LateCall[];
  /** Other calls whose sender gave up waiting. */
  readonly effects: readonly LateEffect[];
}

export interface ProviderInstance {
  readonly id: number;
  readonly attempt: number;
  readonly token: number;
  readonly state: 'running' | 'stopped' | 'terminating' | 'terminated';
  /** Since its creation. */
  readonly age: number;
  readonly isTagged: boolean;
  readonly config: number;
  /** It is stopped, and it ended by itself. */
  readonly hasExited: boolean;
  /** How often it has ended by itself. */
  readonly exits: number;
  /** `copy`: somebody else's, with our marks copied by hand. `stranger`: our installation, a uid nobody knows. */
  readonly origin: 'ours' | 'copy' | 'stranger';
}

export interface LateCall {
  readonly attempt: number;
  readonly token: number;
  readonly config: number;
  /** Since it was counted. */
  readonly age: number;
}

export interface LateEffect {
  readonly kind: 'terminate' | 'stop' | 'start';
  readonly id: number;
  readonly config: number;
  readonly why: TerminateReason;
}

/**
 * On whose word an instance is terminated. `approved`: a person's, `unchecked`: a person's some time ago; `excused`:
 * decided before the database was lost.
 */
export type TerminateReason = 'plan' | 'garbage' | 'approved' | 'unchecked' | 'excused';

/** One process: what it has in memory, and what it is about to do. */
export interface Controller {
  readonly list: List | undefined;
  /** The list began after its last call for this workspace. */
  readonly isListSinceCall: boolean;
  /** The step in hand. Between any two of its parts the process may die or be stopped. */
  readonly hand: Hand | undefined;
  readonly garbage: GarbageHand | undefined;
  /** Rows that were read before the list; only when that rule is switched off. */
  readonly view: Database | undefined;
}

export interface List {
  readonly age: number;
  readonly items: readonly ProviderInstance[];
}

/** What comes next of a step of the workspace's reconcile. */
export type Hand =
  | {
      readonly kind: 'prepare';
      readonly highestSeen: number;
      /** Truly in the list it was decided on. */
      readonly highestMark: number;
      readonly inputs: number;
      readonly config: number;
    }
  | { readonly kind: 'launch'; readonly attempt: number; readonly config: number }
  | {
      readonly kind: 'counted';
      readonly attempt: number;
      readonly token: number;
      readonly config: number;
      readonly age: number;
    }
  | { readonly kind: 'launched'; readonly attempt: number; readonly id: number }
  | { readonly kind: 'refused'; readonly attempt: number }
  | { readonly kind: 'without-effect'; readonly attempt: number }
  | {
      readonly kind: 'adopt';
      readonly id: number;
      readonly attempt: number;
      readonly token: number;
      readonly inputs: number;
      readonly config: number;
      /** The open attempt; 0: none. */
      readonly open: number;
    }
  | { readonly kind: 'stop'; readonly id: number }
  | {
      readonly kind: 'store-config';
      readonly attempt: number;
      readonly id: number;
      readonly config: number;
    }
  | { readonly kind: 'start'; readonly id: number; readonly config: number }
  | { readonly kind: 'record-exit'; readonly exit: number }
  | { readonly kind: 'replace'; readonly attempt: number }
  | { readonly kind: 'terminate'; readonly id: number; readonly why: TerminateReason }
  | { readonly kind: 'close'; readonly attempt: number }
  | {
      readonly kind: 'verify';
      readonly attempt: number;
      readonly id: number;
      readonly token: number;
      readonly isPending: boolean;
      readonly isLeaving: boolean;
      readonly why: TerminateReason;
    }
  | { readonly kind: 'release' }
  | { readonly kind: 'open-external'; readonly highestSeen: number }
  | { readonly kind: 'close-external' };

/** What comes next of a pass of the garbage collection. */
export type GarbageHand =
  | { readonly kind: 'rows-read'; readonly rows: Database }
  | {
      readonly kind: 'listed';
      readonly items: readonly ProviderInstance[];
      /** Only when the rows were read before the list. */
      readonly rows: Database | undefined;
    }
  | { readonly kind: 'due'; readonly id: number; readonly why: TerminateReason }
  | { readonly kind: 'cleared'; readonly id: number; readonly why: TerminateReason };

/** A process that has just started. */
export const FRESH: Controller = {
  list: undefined,
  isListSinceCall: false,
  hand: undefined,
  garbage: undefined,
  view: undefined,
};

/** A workspace that was just declared. */
export const DECLARED: WorkspaceRow = {
  isDeleting: false,
  isDeclaredAgain: false,
  isPaused: false,
  isAccepted: true,
  isExternal: false,
  externalAttempt: 0,
  highestExternal: 0,
  inputs: 1,
  config: 1,
  recordedExit: 0,
};

/** Other workspaces, so that one released record does not open the breaker. */
export const OTHERS = 2;

/** Covers attempt and parameters, as the token of a launch does (design §6). */
export function tokenOf(attempt: number, inputs: number): number {
  return attempt * 10 + inputs;
}

/** Names one exit. */
export function exitOf({ attempt, exits }: ProviderInstance): number {
  return attempt * 10 + exits;
}

/** The world with another process in a role, or none. */
export function withController(
  world: World,
  role: Role,
  controller: Controller | undefined,
): World {
  return role === 'leader' ? { ...world, leader: controller } : { ...world, stale: controller };
}

/** The instance of that id. Throws for an id that was never given. */
export function instanceOf(provider: Provider, id: number): ProviderInstance {
  const instance = provider.instances[id];
  if (instance === undefined) {
    throw new Error(`model: there is no instance ${id}`);
  }
  return instance;
}
