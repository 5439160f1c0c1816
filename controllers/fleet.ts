import type { Instance } from '../backends/backend.ts';
import {
  changedWorkspaces,
  toBackendList,
  type BackendList,
  type SeenInstance,
} from './backend-list.ts';
import { UnknownOutcomeError, type ReconcileError } from '../lib/errors.ts';

/** What the last complete lists say of one workspace. `unknown` means no such list; it never means "absent". */
export type Observation =
  | {
      readonly kind: 'known';
      /** When the oldest of the lists it is made from began. */
      readonly takenAt: Date;
      readonly instances: readonly SeenInstance[];
    }
  | {
      readonly kind: 'unknown';
      readonly error: ReconcileError;
      /** Seen in lists that are not good enough to conclude from; enough to repeat a step with a known id. */
      readonly instances: readonly SeenInstance[];
      /** The list that follows the last call is missing; it brings the workspace back. */
      readonly isAwaitingList: boolean;
    };

/** An immutable look at all backends at one moment; take it before reading any row. */
export interface FleetSnapshot {
  /** What is known of a workspace whose instance could be in the given backends. */
  of(uid: string, backends: readonly string[]): Observation;
}

/** What is known of one backend: its last complete list, however old, and the error of the last look. */
export interface BackendState {
  readonly list?: BackendList;
  readonly error?: ReconcileError;
}

/** A running instance that listens somewhere. */
export type ListeningInstance = Instance & { readonly url: string };

/** Per backend and workspace. */
type LastCalls = ReadonlyMap<string, ReadonlyMap<string, Date>>;

/** A list is old after this many intervals of its backend (design §5). */
const INTERVALS_UNTIL_STALE = 3;

/** The lists of all backends, in memory, and when each workspace was last acted upon. */
export class Fleet {
  readonly #states = new Map<string, BackendState>();
  readonly #intervalSeconds = new Map<string, number>();
  /** Per backend, the end of the last call for a workspace: only a list that began later may be concluded from. */
  readonly #lastCalls = new Map<string, Map<string, Date>>();
  readonly #now: () => Date;
  #listening: readonly ListeningInstance[] | undefined;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Registers a backend; until its first list everything in it is unknown. */
  addBackend(key: string, intervalSeconds: number): void {
    this.#intervalSeconds.set(key, intervalSeconds);
    this.#states.set(key, {});
  }

  /**
   * Stores a complete list; answers the uids whose instances differ from the list before, or that waited for it. None
   * for the first list, which has nothing to be compared with but the records.
   */
  storeList(key: string, startedAt: Date, instances: readonly Instance[]): ReadonlySet<string> {
    const before = this.#states.get(key)?.list;
    const list = toBackendList({ backend: key, startedAt, endedAt: this.#now(), instances });
    this.#states.set(key, { list });
    this.#listening = undefined;
    const waiting = this.#endWaiting(key, startedAt);
    return before === undefined
      ? new Set()
      : new Set([...changedWorkspaces(before, list), ...waiting]);
  }

  #endWaiting(key: string, startedAt: Date): readonly string[] {
    const now = this.#now();
    // A call cannot have ended later than now: the local clock was set back, and the next list counts.
    const calls = [...(this.#lastCalls.get(key) ?? [])].map(
      ([uid, at]) => [uid, earlier(at, now)] as const,
    );
    // A new map: a snapshot with an older list still has to know of the calls that the list missed.
    this.#lastCalls.set(key, new Map(calls.filter(([, at]) => at >= startedAt)));
    return calls.filter(([, at]) => at < startedAt).map(([uid]) => uid);
  }

  /** The list failed: what was seen stays visible, and nothing may be concluded from it once it is old. */
  storeFailure(key: string, error: ReconcileError): void {
    this.#states.set(key, { ...this.#states.get(key), error });
  }

  /** Call after every mutating call for a workspace has ended, whatever its outcome. */
  noteCall(uid: string, backend: string): void {
    const calls = this.#lastCalls.get(backend) ?? new Map<string, Date>();
    this.#lastCalls.set(backend, calls.set(uid, this.#now()));
  }

  /** Every running instance that listens; the same array until the next list. */
  listening(): readonly ListeningInstance[] {
    this.#listening ??= [...this.#states.values()]
      .flatMap(({ list }) => [...(list?.byWorkspace.values() ?? [])].flat())
      .map(({ instance }) => instance)
      .filter(isListening);
    return this.#listening;
  }

  /** undefined for a backend that was not added. */
  stateOf(key: string): BackendState | undefined {
    return this.#states.get(key);
  }

  /** Whether there was a first list, or a first failure. */
  hasLookedAt(key: string): boolean {
    const { list, error } = this.#states.get(key) ?? {};
    return list !== undefined || error !== undefined;
  }

  /** The last complete list of every backend that had one. */
  lists(): readonly { readonly key: string; readonly startedAt: Date }[] {
    return [...this.#states].flatMap(([key, { list }]) =>
      list === undefined ? [] : [{ key, startedAt: list.startedAt }],
    );
  }

  backendKeys(): readonly string[] {
    return [...this.#states.keys()];
  }

  snapshot(): FleetSnapshot {
    const states = new Map(this.#states);
    const lastCalls = new Map(this.#lastCalls);
    const now = this.#now();
    return { of: (uid, backends) => this.#observe(uid, { backends, states, lastCalls, now }) };
  }

  #observe(uid: string, look: Look): Observation {
    const instances = seenIn(look.states, uid);
    let takenAt = look.now;
    for (const key of look.backends) {
      const state = look.states.get(key);
      const problem = this.#problemOf(key, uid, look);
      if (state?.list === undefined || problem !== undefined) {
        const error = state?.error ?? unknown(problem ?? `no list of backend "${key}"`);
        return {
          kind: 'unknown',
          error,
          instances,
          isAwaitingList: this.#isAwaitingList(uid, look),
        };
      }
      takenAt = earlier(takenAt, state.list.startedAt);
    }
    return { kind: 'known', takenAt, instances };
  }

  /** Why nothing can be concluded from the list of a backend about this workspace. */
  #problemOf(key: string, uid: string, { states, lastCalls, now }: Look): string | undefined {
    const list = states.get(key)?.list;
    if (list === undefined) {
      return undefined;
    }
    const lastCall = lastCalls.get(key)?.get(uid);
    if (lastCall !== undefined && list.startedAt <= lastCall) {
      return 'no list since the last call';
    }
    return secondsBetween(list.startedAt, now) > this.#oldestSeconds(key, list)
      ? 'the last list is too old'
      : undefined;
  }

  /** A list that is overdue is not awaited any more: then people have to be told. */
  #isAwaitingList(uid: string, { states, lastCalls, now }: Look): boolean {
    return [...lastCalls].some(([key, calls]) => {
      const lastCall = calls.get(uid);
      const oldestSeconds = this.#oldestSeconds(key, states.get(key)?.list);
      return lastCall !== undefined && secondsBetween(lastCall, now) <= oldestSeconds;
    });
  }

  /** The next list comes an interval after the end of this one, and takes as long: a slow list is no stale list. */
  #oldestSeconds(key: string, list: BackendList | undefined): number {
    const listSeconds = list === undefined ? 0 : secondsBetween(list.startedAt, list.endedAt);
    const intervalSeconds = this.#intervalSeconds.get(key) ?? 0;
    return INTERVALS_UNTIL_STALE * (intervalSeconds + listSeconds);
  }
}

interface Look {
  readonly backends: readonly string[];
  readonly states: ReadonlyMap<string, BackendState>;
  readonly lastCalls: LastCalls;
  readonly now: Date;
}

function isListening(instance: Instance): instance is ListeningInstance {
  return instance.state === 'running' && instance.url !== undefined;
}

function seenIn(states: ReadonlyMap<string, BackendState>, uid: string): readonly SeenInstance[] {
  let seen = NOTHING_SEEN;
  for (const { list } of states.values()) {
    const more = list?.byWorkspace.get(uid) ?? NOTHING_SEEN;
    seen = seen.length === 0 ? more : [...seen, ...more];
  }
  return seen;
}

const NOTHING_SEEN: readonly SeenInstance[] = [];

function unknown(message: string): ReconcileError {
  return new UnknownOutcomeError(`listing instances: ${message}`, { reason: 'StatusUnknown' });
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b;
}

function secondsBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1000;
}
