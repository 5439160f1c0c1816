import type { Instance } from '../backends/backend.ts';
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
    };

/** An instance and the key of the backend that showed it. */
export interface SeenInstance {
  readonly backend: string;
  readonly instance: Instance;
}

/** One complete list of one backend. */
export interface BackendList {
  /** When the list call began: what happened later may be missing. */
  readonly startedAt: Date;
  readonly byWorkspace: ReadonlyMap<string, readonly Instance[]>;
  readonly size: number;
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
    const list = { startedAt, byWorkspace: groupByWorkspace(instances), size: instances.length };
    this.#states.set(key, { list });
    this.#lookedAt.add(key);
    return new Set([...changedWorkspaces(before, list), ...this.#endWaiting(key, startedAt)]);
  }

  #endWaiting(key: string, startedAt: Date): readonly string[] {
    const calls = this.#lastCalls.get(key) ?? new Map<string, Date>();
    const ended = [...calls].filter(([, at]) => at < startedAt).map(([uid]) => uid);
    ended.forEach((uid) => calls.delete(uid));
    return ended;
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

  /** True while some backend was called for this workspace and has not been listed since. */
  isWaitingForList(uid: string): boolean {
    return [...this.#lastCalls.values()].some((calls) => calls.has(uid));
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

  backendKeys(): readonly string[] {
    return [...this.#states.keys()];
  }

  snapshot(): FleetSnapshot {
    const states = new Map(this.#states);
    const now = this.#now();
    return { of: (uid, backends) => this.#observe(uid, { backends, states, now }) };
  }

  #observe(
    uid: string,
    look: {
      readonly backends: readonly string[];
      readonly states: ReadonlyMap<string, BackendState>;
      readonly now: Date;
    },
  ): Observation {
    const instances = [...look.states].flatMap(([backend, { list }]) =>
      (list?.byWorkspace.get(uid) ?? []).map((instance) => ({ backend, instance })),
    );
    const lists: BackendList[] = [];
    for (const key of look.backends) {
      const usable = this.#usableList(uid, key, look);
      if (usable.kind === 'unusable') {
        return { kind: 'unknown', error: usable.error, instances };
      }
      lists.push(usable.list);
    }
    const takenAt = lists.reduce((oldest, { startedAt }) => earlier(oldest, startedAt), look.now);
    return { kind: 'known', takenAt, instances };
  }

  #usableList(
    uid: string,
    key: string,
    look: { readonly states: ReadonlyMap<string, BackendState>; readonly now: Date },
  ):
    | { readonly kind: 'usable'; readonly list: BackendList }
    | { readonly kind: 'unusable'; readonly error: ReconcileError } {
    const state = look.states.get(key);
    const list = state?.list;
    if (list === undefined) {
      return {
        kind: 'unusable',
        error: state?.error ?? unknown(`backend ${key} is not configured`),
      };
    }
    const lastCall = this.#lastCalls.get(key)?.get(uid);
    if (lastCall !== undefined && list.startedAt <= lastCall) {
      return { kind: 'unusable', error: unknown('no list since the last call') };
    }
    const interval = this.#intervalSeconds.get(key) ?? 0;
    const ageSeconds = (look.now.getTime() - list.startedAt.getTime()) / 1000;
    if (ageSeconds > interval * INTERVALS_UNTIL_STALE) {
      return { kind: 'unusable', error: state?.error ?? unknown('the last list is too old') };
    }
    return { kind: 'usable', list };
  }
}

function unknown(message: string): ReconcileError {
  return new UnknownOutcomeError(`listing instances: ${message}`, { reason: 'StatusUnknown' });
}

function groupByWorkspace(instances: readonly Instance[]): ReadonlyMap<string, Instance[]> {
  const groups = new Map<string, Instance[]>();
  for (const instance of instances) {
    const uid = instance.marks.workspaceUid;
    const group = groups.get(uid);
    if (group === undefined) {
      groups.set(uid, [instance]);
    } else {
      group.push(instance);
    }
  }
  return groups;
}

function changedWorkspaces(before: BackendList | undefined, after: BackendList): Set<string> {
  const changed = new Set<string>();
  for (const [uid, instances] of after.byWorkspace) {
    if (fingerprint(before?.byWorkspace.get(uid)) !== fingerprint(instances)) {
      changed.add(uid);
    }
  }
  for (const uid of before?.byWorkspace.keys() ?? []) {
    if (!after.byWorkspace.has(uid)) {
      changed.add(uid);
    }
  }
  return changed;
}

function fingerprint(instances: readonly Instance[] | undefined): string {
  return (instances ?? [])
    .map((one) => [one.id, one.state, one.url, one.configHash, one.exit?.at.getTime()].join(' '))
    .sort()
    .join('\n');
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b;
}
