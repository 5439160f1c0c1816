import type { Instance } from '../backends/backend.ts';
import { changedWorkspaces, toBackendList, type BackendList } from './backend-list.ts';
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

/** An instance and the key of the backend that showed it. */
export interface SeenInstance {
  readonly backend: string;
  readonly instance: Instance;
}

/** An immutable look at all backends at one moment; take it before reading any row. */
export interface FleetSnapshot {
  /** What is known of a workspace whose instance could be in the given backends. */
  of(uid: string, backends: readonly string[]): Observation;
}

interface BackendState {
  readonly list?: BackendList;
  readonly error?: ReconcileError;
}

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
  readonly #lookedAt = new Set<string>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Registers a backend; until its first list everything in it is unknown. */
  addBackend(key: string, intervalSeconds: number): void {
    this.#intervalSeconds.set(key, intervalSeconds);
    this.#states.set(key, {
      error: new UnknownOutcomeError('listing instances: no list yet', { reason: 'StatusUnknown' }),
    });
  }

  /** Stores a complete list; answers the uids whose instances differ from the list before, or that waited for it. */
  storeList(key: string, startedAt: Date, instances: readonly Instance[]): ReadonlySet<string> {
    const before = this.#states.get(key)?.list;
    const list = toBackendList(startedAt, instances);
    this.#states.set(key, { list });
    this.#lookedAt.add(key);
    return new Set([...changedWorkspaces(before, list), ...this.#endWaiting(key, startedAt)]);
  }

  #endWaiting(key: string, startedAt: Date): readonly string[] {
    const calls = [...(this.#lastCalls.get(key) ?? [])];
    // A new map: a snapshot with an older list still has to know of the calls that the list missed.
    this.#lastCalls.set(key, new Map(calls.filter(([, at]) => at >= startedAt)));
    return calls.filter(([, at]) => at < startedAt).map(([uid]) => uid);
  }

  /** The list failed: what was seen stays visible, and nothing may be concluded from it once it is old. */
  storeFailure(key: string, error: ReconcileError): void {
    const list = this.#states.get(key)?.list;
    this.#lookedAt.add(key);
    this.#states.set(key, list === undefined ? { error } : { list, error });
  }

  /** Call after every mutating call for a workspace has ended, whatever its outcome. */
  noteCall(uid: string, backend: string): void {
    const calls = this.#lastCalls.get(backend) ?? new Map<string, Date>();
    this.#lastCalls.set(backend, calls.set(uid, this.#now()));
  }

  /** Running instances that listen somewhere, by where. */
  runningUrls(): ReadonlyMap<string, string> {
    const urls = new Map<string, string>();
    for (const { list } of this.#states.values()) {
      for (const [uid, instances] of list?.byWorkspace ?? []) {
        instances.forEach(({ state, url }) => {
          if (state === 'running' && url !== undefined) {
            urls.set(url, uid);
          }
        });
      }
    }
    return urls;
  }

  /** The last complete list of a backend, however old, and the error of the last look. */
  stateOf(key: string): BackendState | undefined {
    return this.#states.get(key);
  }

  /** Whether there was a first list, or a first failure. */
  hasLookedAt(key: string): boolean {
    return this.#lookedAt.has(key);
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

  #observe(
    uid: string,
    look: {
      readonly backends: readonly string[];
      readonly states: ReadonlyMap<string, BackendState>;
      readonly lastCalls: LastCalls;
      readonly now: Date;
    },
  ): Observation {
    const instances = seenIn(look.states, uid);
    let takenAt = look.now;
    for (const key of look.backends) {
      const state = look.states.get(key);
      const lastCall = look.lastCalls.get(key)?.get(uid);
      const problem = this.#problemOf({ key, state, lastCall, now: look.now });
      if (state?.list === undefined || problem !== undefined) {
        const error = state?.error ?? unknown(problem ?? `backend ${key} is not configured`);
        const isAwaitingList = [...look.lastCalls.values()].some((calls) => calls.has(uid));
        return { kind: 'unknown', error, instances, isAwaitingList };
      }
      takenAt = earlier(takenAt, state.list.startedAt);
    }
    return { kind: 'known', takenAt, instances };
  }

  /** Why nothing can be concluded from the list of a backend about this workspace. */
  #problemOf(look: {
    readonly key: string;
    readonly state: BackendState | undefined;
    readonly lastCall: Date | undefined;
    readonly now: Date;
  }): string | undefined {
    const startedAt = look.state?.list?.startedAt;
    if (startedAt === undefined) {
      return undefined;
    }
    if (look.lastCall !== undefined && startedAt <= look.lastCall) {
      return 'no list since the last call';
    }
    const ageSeconds = (look.now.getTime() - startedAt.getTime()) / 1000;
    const oldestSeconds = (this.#intervalSeconds.get(look.key) ?? 0) * INTERVALS_UNTIL_STALE;
    return ageSeconds > oldestSeconds ? 'the last list is too old' : undefined;
  }
}

function seenIn(states: ReadonlyMap<string, BackendState>, uid: string): SeenInstance[] {
  const seen: SeenInstance[] = [];
  for (const [backend, { list }] of states) {
    for (const instance of list?.byWorkspace.get(uid) ?? []) {
      seen.push({ backend, instance });
    }
  }
  return seen;
}

function unknown(message: string): ReconcileError {
  return new UnknownOutcomeError(`listing instances: ${message}`, { reason: 'StatusUnknown' });
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b;
}
