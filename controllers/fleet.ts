import type { Instance } from '../backends/backend.ts';
import {
  changedAmong,
  changedWorkspaces,
  isOnItsWay,
  listedAt,
  seenOf,
  toBackendList,
  withPart,
  type BackendList,
} from './backend-list.ts';
import { UnknownOutcomeError, type ReconcileError } from '../lib/errors.ts';
import type { BackendState, FleetSnapshot, Observation } from './observation.ts';

export type { FleetSnapshot, Observation } from './observation.ts';

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
    const times = { startedAt, endedAt: this.#now() };
    const list = toBackendList({ backend: key, instances, ...times }, before);
    this.#states.set(key, { list });
    this.#listening = list.byWorkspace === before?.byWorkspace ? this.#listening : undefined;
    const waiting = this.#endWaiting(key, startedAt);
    return before === undefined
      ? new Set()
      : new Set([...changedWorkspaces(before, list), ...waiting]);
  }

  /**
   * Stores a complete list of a few workspaces; answers the uids about which it says something new, or that waited for it. Nothing
   * before the first complete list, and nothing when a newer one has come meanwhile.
   */
  storePart(
    key: string,
    {
      uids,
      ...part
    }: { readonly uids: readonly string[]; readonly startedAt: Date } & {
      readonly instances: readonly Instance[];
    },
  ): ReadonlySet<string> {
    const before = this.#states.get(key)?.list;
    if (before === undefined || before.startedAt > part.startedAt) {
      return new Set();
    }
    const list = withPart(before, { backend: key, uids, ...part });
    this.#states.set(key, { ...this.#states.get(key), list });
    this.#listening = undefined;
    const asked = new Set(uids);
    const waiting = this.#endWaiting(key, part.startedAt, (uid) => asked.has(uid));
    return new Set([...changedAmong(uids, before, list), ...waiting]);
  }

  /** The workspaces of a backend that were acted upon since the last list, or whose instances are on their way between two states. */
  restless(key: string): readonly string[] {
    const uids = new Set(this.#lastCalls.get(key)?.keys());
    for (const [uid, seen] of this.#states.get(key)?.list?.byWorkspace ?? []) {
      if (seen.some(isOnItsWay)) {
        uids.add(uid);
      }
    }
    return [...uids];
  }

  #endWaiting(
    key: string,
    startedAt: Date,
    isAsked: (uid: string) => boolean = () => true,
  ): readonly string[] {
    const now = this.#now();
    // A call cannot have ended later than now: the local clock was set back, and the next list counts.
    const calls = [...(this.#lastCalls.get(key) ?? [])].map(
      ([uid, at]) => [uid, earlier(at, now)] as const,
    );
    // A new map: a snapshot with an older list still has to know of the calls that the list missed.
    const isOver = ([uid, at]: readonly [string, Date]): boolean => at < startedAt && isAsked(uid);
    this.#lastCalls.set(key, new Map(calls.filter((call) => !isOver(call))));
    return calls.filter(isOver).map(([uid]) => uid);
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

  /** Every running instance that listens; the same array until a list says something else. */
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

  /** What the last complete list of a backend shows, younger parts included. Throws why it cannot be relied on. */
  listed(key: string): readonly Instance[] {
    const { list, error } = this.#states.get(key) ?? {};
    const isOld =
      list !== undefined &&
      secondsBetween(list.startedAt, this.#now()) > this.#oldestSeconds(key, list);
    if (list === undefined || isOld) {
      throw error ?? unknown(`no recent list of backend "${key}"`);
    }
    return [...list.byWorkspace.values()].flat().map(({ instance }) => instance);
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
    const instances = seenOf(
      [...look.states.values()].map(({ list }) => list),
      uid,
    );
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
          ...(state === undefined && { unconfigured: key }),
        };
      }
      takenAt = earlier(takenAt, listedAt(state.list, uid));
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
    if (lastCall !== undefined && listedAt(list, uid) <= lastCall) {
      return 'no list since the last call';
    }
    return secondsBetween(listedAt(list, uid), now) > this.#oldestSeconds(key, list)
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

function unknown(message: string): ReconcileError {
  return new UnknownOutcomeError(`listing instances: ${message}`, { reason: 'StatusUnknown' });
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b;
}

function secondsBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1000;
}
