import { ConflictError, NotFoundError } from '../../lib/errors.ts';
import { hashOf } from '../../lib/hash.ts';
import type {
  Bundle,
  Instance,
  InstanceExit,
  InstanceState,
  LaunchIntent,
} from '../../backends/backend.ts';
import { LateCalls } from './late-calls.ts';
import type { Entry, FakeCall, FakeProviderOptions, ProviderState } from './provider-state.ts';

/**
 * The world behind the fake backend: instances, state, calls under way. Any number of clients, as of several controllers,
 * share one. Instances are immutable values, so a list of 50,000 copies references and nothing else.
 */
export class FakeProvider {
  /** Every mutating call of every client. */
  readonly calls: FakeCall[] = [];
  readonly options: Required<Omit<FakeProviderOptions, 'url'>> & Pick<FakeProviderOptions, 'url'>;
  readonly #entries = new Map<string, Entry>();
  readonly #byToken = new Map<string, Entry>();
  readonly #changing = new Set<Entry>();
  readonly #states = new Set<string>();
  readonly #lateCalls = new LateCalls();
  /** When the first of the changing ones changes: most calls need not look at any. */
  #nextChangeAt = Infinity;
  #count = 0;

  constructor(options: FakeProviderOptions) {
    this.options = {
      settleSeconds: 0,
      callLifetimeSeconds: 60,
      keepsState: true,
      bootstraps: false,
      visibleAfterSeconds: 0,
      terminatedVisibleSeconds: 3600,
      transitionSeconds: 0,
      ...options,
    };
  }

  // What tests do to the world.

  /** Every instance there is, hidden and terminated ones and those without marks included. */
  instances(): readonly Instance[] {
    this.#advance();
    return [...this.#entries.values()].map((entry) => entry.instance);
  }

  /** Those that cost something: everything but stopped and terminated ones. */
  liveInstances(): readonly Instance[] {
    return this.instances().filter(({ state }) => state !== 'terminated' && state !== 'stopped');
  }

  /** Workspaces whose state (volume, folder) exists. */
  states(): readonly string[] {
    return [...this.#states];
  }

  /** The agent ends by itself. */
  exit(id: string, evidence: Partial<InstanceExit> = {}): void {
    const entry = this.#get(id);
    const exit = { at: new Date(this.#now()), log: entry.log, ...evidence };
    this.#become(entry, { ...entry.instance, state: 'stopped', exit });
  }

  /** Somebody deletes it past us: the provider does not know it any more, nor its token. */
  remove(id: string): void {
    this.#forget(this.#get(id));
  }

  /** Somebody removes our tags: `list` loses sight of it, `find` and `findByToken` do not. */
  removeMarks(id: string): void {
    this.#get(id).hasMarks = false;
  }

  /** Changes what the provider says of it, e.g. `{ state: 'unknown' }` or `{ isProtected: true }`. */
  change(id: string, change: Partial<Instance>): void {
    const entry = this.#get(id);
    this.#become(entry, { ...entry.instance, ...change });
  }

  /** Puts an instance there that no call of ours made: a foreign one, a copy, one that a lost database knew. */
  plant(instance: Instance, parameters: unknown = {}): void {
    this.#add(instance, hashOf(parameters), this.#now());
  }

  /** What the agent in it was started with last; undefined for a planted one. */
  bundleOf(id: string): Bundle | undefined {
    return this.#get(id).bundle;
  }

  /** Files that are on its disk: what it fetched, else what it was handed with its last start. */
  filesOf(id: string): Bundle['files'] {
    const { fetched, bundle } = this.#get(id);
    return fetched ?? bundle?.files ?? {};
  }

  /** Its boot script has fetched these; they outlast a stop. */
  keepFetched(id: string, files: Bundle['files']): void {
    this.#get(id).fetched = files;
  }

  /** Adds to what the agent wrote; every agent begins with the line `ready`. */
  writeLog(id: string, text: string): void {
    this.#get(id).log += text;
  }

  /** Late calls without a time of their own take effect now, in the order they were sent. */
  deliverLateCalls(): void {
    this.#lateCalls.deliver(this.#now());
    this.#advance();
  }

  /** Late calls that may still take effect. */
  get lateCallCount(): number {
    this.#advance();
    return this.#lateCalls.count;
  }

  /** Milliseconds until something happens here by itself; Infinity when nothing will. */
  get quietMs(): number {
    const now = this.now();
    const hidden = [...this.#entries.values()].flatMap(({ visibleAt }) =>
      visibleAt > now ? [visibleAt] : [],
    );
    return Math.min(this.#nextChangeAt, this.#lateCalls.nextAt, ...hidden) - now;
  }

  /** All of it as it is now; to be given to `restore` of this provider, with the clock where it was. */
  save(): ProviderState {
    this.#advance();
    return {
      entries: [...this.#entries.values()].map((entry) => ({ ...entry })),
      states: this.states(),
      lateCalls: this.#lateCalls.save(),
      count: this.#count,
      calls: [...this.calls],
    };
  }

  restore({ entries, states, lateCalls, count, calls }: ProviderState): void {
    for (const known of [this.#entries, this.#byToken, this.#changing, this.#states]) {
      known.clear();
    }
    for (const entry of entries.map((one) => ({ ...one }))) {
      this.#entries.set(entry.instance.id, entry);
      this.#byToken.set(entry.instance.marks.token, entry);
      this.#changing.add(entry);
    }
    states.forEach((uid) => this.#states.add(uid));
    this.#lateCalls.restore(lateCalls);
    this.#nextChangeAt = 0;
    this.#count = count;
    this.calls.splice(0, Infinity, ...calls);
  }

  // What the clients do; `at` is the moment of the effect in milliseconds.

  now(): number {
    this.#advance();
    return this.#now();
  }

  sendLate(effect: (at: number) => unknown, afterSeconds: number | undefined): void {
    const now = this.now();
    this.#lateCalls.add({
      landsAt: afterSeconds === undefined ? Infinity : now + afterSeconds * 1000,
      expiresAt: now + this.options.callLifetimeSeconds * 1000,
      effect,
    });
  }

  list(installationId: string | undefined): readonly Instance[] {
    const now = this.now();
    const seen: Instance[] = [];
    for (const { instance, visibleAt, hasMarks } of this.#entries.values()) {
      const isOurs =
        installationId === undefined || instance.marks.installationId === installationId;
      if (isOurs && hasMarks && visibleAt <= now) {
        seen.push(instance);
      }
    }
    return seen;
  }

  find(id: string): Instance | undefined {
    return this.#visible(this.#entries.get(id), this.now())?.instance;
  }

  findByToken(token: string): Instance | undefined {
    return this.#visible(this.#byToken.get(token), this.now())?.instance;
  }

  /** The token is remembered even while the instance is hidden, as EC2's ClientToken is. */
  launch(intent: LaunchIntent, bundle: Bundle, at: number): Instance {
    const parametersHash = hashOf(intent.parameters);
    const known = this.#byToken.get(intent.token);
    if (known !== undefined) {
      if (known.parametersHash !== parametersHash) {
        throw new ConflictError('launching instance: IdempotentParameterMismatch');
      }
      return known.instance;
    }
    return this.#create(intent, { parametersHash, bundle }, at);
  }

  stop(id: string, at: number): void {
    const entry = this.#reachable(id, 'stopping', at);
    if (entry.instance.state !== 'stopped' && entry.instance.state !== 'stopping') {
      this.#pass(entry, 'stopping', 'stopped', at);
    }
  }

  start(id: string, bundle: Bundle, at: number): void {
    const entry = this.#reachable(id, 'starting', at);
    if (entry.instance.state === 'stopping') {
      throw new ConflictError('starting instance: it is still stopping');
    }
    if (entry.instance.state !== 'stopped') {
      return;
    }
    entry.bundle = bundle;
    entry.instance = {
      ...withoutExit(entry.instance),
      configHash: bundle.configHash,
      startedAt: new Date(at),
    };
    this.#pass(entry, 'pending', 'running', at);
  }

  terminate(id: string, at: number): void {
    const entry = this.#visible(this.#entries.get(id), at);
    const state = entry?.instance.state;
    if (entry !== undefined && state !== 'terminated' && state !== 'terminating') {
      this.#pass(entry, 'terminating', 'terminated', at);
    }
  }

  removeState(workspaceUid: string): void {
    const user = [...this.#entries.values()].find(
      ({ instance }) =>
        instance.marks.workspaceUid === workspaceUid &&
        instance.state !== 'terminated' &&
        instance.state !== 'stopped',
    );
    if (user !== undefined) {
      throw new ConflictError('removing state: an instance still uses it');
    }
    this.#states.delete(workspaceUid);
  }

  readLog(id: string): string {
    return this.#reachable(id, 'reading log', this.now()).log;
  }

  #create(
    { marks, token }: LaunchIntent,
    { parametersHash, bundle }: { parametersHash: string; bundle: Bundle },
    at: number,
  ): Instance {
    this.#count += 1;
    const entry = this.#add(
      {
        id: `fake-${String(this.#count).padStart(6, '0')}`,
        state: 'pending',
        marks: { ...marks, token },
        launchedAt: new Date(at),
        startedAt: new Date(at),
        configHash: bundle.configHash,
        ...(this.options.url === undefined ? {} : { url: this.options.url(this.#count) }),
      },
      parametersHash,
      at,
    );
    entry.bundle = bundle;
    this.#pass(entry, 'pending', 'running', at);
    return entry.instance;
  }

  #add(instance: Instance, parametersHash: string, at: number): Entry {
    const visibleAt = at + this.options.visibleAfterSeconds * 1000;
    const entry: Entry = {
      instance,
      parametersHash,
      visibleAt,
      hasMarks: true,
      log: 'ready\n',
      changes: [],
    };
    this.#entries.set(instance.id, entry);
    this.#byToken.set(instance.marks.token, entry);
    this.#states.add(instance.marks.workspaceUid);
    return entry;
  }

  /** Through one state into the next; a terminated one is forgotten after a while. */
  #pass(entry: Entry, through: InstanceState, to: InstanceState, at: number): void {
    const arrivesAt = at + this.options.transitionSeconds * 1000;
    this.#become(entry, { ...entry.instance, state: through });
    const goneAt = arrivesAt + this.options.terminatedVisibleSeconds * 1000;
    entry.changes = [
      { at: arrivesAt, to },
      ...(to === 'terminated' ? [{ at: goneAt, to: 'gone' } as const] : []),
    ];
    this.#changing.add(entry);
    this.#settle(entry, at);
    this.#nextChangeAt = Math.min(this.#nextChangeAt, entry.changes[0]?.at ?? Infinity);
  }

  #become(entry: Entry, instance: Instance): void {
    entry.instance = instance;
    entry.changes = [];
    this.#changing.delete(entry);
  }

  #settle(entry: Entry, at: number): void {
    for (const change of entry.changes.filter((one) => one.at <= at)) {
      entry.changes = entry.changes.slice(1);
      if (change.to === 'gone') {
        this.#forget(entry);
      } else {
        entry.instance = { ...entry.instance, state: change.to };
      }
    }
    if (entry.changes.length === 0) {
      this.#changing.delete(entry);
    }
  }

  #forget(entry: Entry): void {
    entry.changes = [];
    this.#changing.delete(entry);
    this.#entries.delete(entry.instance.id);
    this.#byToken.delete(entry.instance.marks.token);
  }

  /** Lets everything happen that is due: late calls at their own moment, then changes of state. */
  #advance(): void {
    const now = this.#now();
    for (const { landsAt, effect } of this.#lateCalls.takeDue(now)) {
      this.#settleAll(landsAt);
      effect(landsAt);
    }
    this.#settleAll(now);
  }

  #settleAll(at: number): void {
    if (at < this.#nextChangeAt) {
      return;
    }
    this.#nextChangeAt = Infinity;
    for (const entry of [...this.#changing]) {
      this.#settle(entry, at);
      this.#nextChangeAt = Math.min(this.#nextChangeAt, entry.changes[0]?.at ?? Infinity);
    }
  }

  #get(id: string): Entry {
    this.#advance();
    const entry = this.#entries.get(id);
    if (entry === undefined) {
      throw new Error(`the fake provider has no instance ${id}`);
    }
    return entry;
  }

  #visible(entry: Entry | undefined, now: number): Entry | undefined {
    return entry !== undefined && entry.visibleAt <= now ? entry : undefined;
  }

  #reachable(id: string, doing: string, at: number): Entry {
    const entry = this.#visible(this.#entries.get(id), at);
    const state = entry?.instance.state;
    if (entry === undefined || state === 'terminated' || state === 'terminating') {
      throw new NotFoundError(`${doing} instance: InvalidInstanceID.NotFound`);
    }
    return entry;
  }

  #now(): number {
    return this.options.clock.now().getTime();
  }
}

function withoutExit(instance: Instance): Instance {
  const copy: { -readonly [Key in keyof Instance]: Instance[Key] } = { ...instance };
  delete copy.exit;
  return copy;
}
