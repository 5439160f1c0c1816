import { TerminalError, UnknownOutcomeError } from '../../lib/errors.ts';
import type {
  Backend,
  Bundle,
  Instance,
  LaunchIntent,
  LaunchParameters,
  LaunchRequest,
} from '../../backends/backend.ts';
import { FakeProvider } from './fake-provider.ts';
import { after, type BackendMethod, type Fault } from './faults.ts';
import type { FakeCall, FakeProviderOptions } from './provider-state.ts';

/** One call on its way to the provider. `target`: token, workspace uid or instance id; '' for list and resolve. */
export interface CallOnItsWay {
  readonly method: BackendMethod;
  readonly target: string;
}

export interface FakeClientOptions {
  /** `list` shows the instances with this mark only. Default: all. */
  readonly installationId?: string;
  /** Names the client in the log of calls. Default: `client`. */
  readonly name?: string;
}

/** A call that waits until the test lets it go on. */
export interface HeldCall {
  /** Resolves when the call has arrived and waits. */
  readonly arrived: Promise<void>;
  release(): void;
}

/** A fake backend on a provider of its own. */
export function createFakeBackend(options: FakeProviderOptions & FakeClientOptions): FakeBackend {
  return new FakeBackend(new FakeProvider(options), options);
}

/**
 * One client of the fake provider; it keeps the contract of `Backend`, proven by the contract suite. Faults are set per
 * client, so one of two controllers can be cut off. What happens to instances by other hands is in `provider`.
 */
export class FakeBackend implements Backend {
  readonly provider: FakeProvider;
  readonly #client: FakeClientOptions;
  readonly #next: { readonly method: BackendMethod; readonly fault: Fault }[] = [];
  readonly #standing = new Set<(call: CallOnItsWay) => Fault | undefined>();

  constructor(provider: FakeProvider, client: FakeClientOptions = {}) {
    this.provider = provider;
    this.#client = client;
  }

  get settleSeconds(): number {
    return this.provider.options.settleSeconds;
  }

  get callLifetimeSeconds(): number {
    return this.provider.options.callLifetimeSeconds;
  }

  get keepsState(): boolean {
    return this.provider.options.keepsState;
  }

  get bootstraps(): boolean {
    return this.provider.options.bootstraps;
  }

  /** Another client of the same provider, as a second controller or the same one after a restart has it. */
  another(client: FakeClientOptions = {}): FakeBackend {
    return new FakeBackend(this.provider, { ...this.#client, ...client });
  }

  /** Every mutating call of every client of this provider. */
  get calls(): readonly FakeCall[] {
    return this.provider.calls;
  }

  /** The next call of `method` that has no fault yet meets this one; several wait in a row. */
  failNext(method: BackendMethod, fault: Fault): void {
    this.#next.push({ method, fault });
  }

  /** The next call takes effect and its answer is lost: `UnknownOutcomeError`. */
  loseNextAnswer(method: BackendMethod): void {
    this.failNext(method, after());
  }

  /** The next call waits, before or after its effect, until it is released. */
  holdNext(method: BackendMethod, wait: 'before' | 'after' = 'before'): HeldCall {
    const arrival = Promise.withResolvers<undefined>();
    const gate = Promise.withResolvers<undefined>();
    this.failNext(method, {
      kind: 'held',
      wait,
      gate: gate.promise,
      onArrival: () => {
        arrival.resolve(undefined);
      },
    });
    return {
      arrived: arrival.promise,
      release: () => {
        gate.resolve(undefined);
      },
    };
  }

  /** Asks `rule` for a fault at every call, after those of `failNext`; the answer ends it. For random and enumerated faults. */
  failWhen(rule: (call: CallOnItsWay) => Fault | undefined): () => void {
    this.#standing.add(rule);
    return () => {
      this.#standing.delete(rule);
    };
  }

  /** Every call meets this fault until the answer is called: the provider is away. */
  failAll(fault: Fault): () => void {
    return this.failWhen(() => fault);
  }

  /** No fault from here on, except for calls already under way. */
  heal(): void {
    this.#next.length = 0;
    this.#standing.clear();
  }

  async list(): Promise<readonly Instance[]> {
    return await this.#read('list', '', () => this.provider.list(this.#client.installationId));
  }

  async find(id: string): Promise<Instance | undefined> {
    return await this.#read('find', id, () => this.provider.find(id));
  }

  async findByToken(token: string): Promise<Instance | undefined> {
    return await this.#read('findByToken', token, () => this.provider.findByToken(token));
  }

  async resolve(request: LaunchRequest): Promise<LaunchParameters> {
    return await this.#read('resolve', '', () => resolveParameters(request));
  }

  async launch(intent: LaunchIntent, bundle: Bundle): Promise<Instance> {
    return await this.#change('launch', intent.token, (at) =>
      this.provider.launch(intent, bundle, at),
    );
  }

  async stop(id: string): Promise<void> {
    await this.#change('stop', id, (at) => {
      this.provider.stop(id, at);
    });
  }

  async start(id: string, bundle: Bundle): Promise<void> {
    await this.#change('start', id, (at) => {
      this.provider.start(id, bundle, at);
    });
  }

  async terminate(id: string): Promise<void> {
    await this.#change('terminate', id, (at) => {
      this.provider.terminate(id, at);
    });
  }

  async removeState(workspaceUid: string): Promise<void> {
    await this.#change('removeState', workspaceUid, () => {
      this.provider.removeState(workspaceUid);
    });
  }

  async readLog(id: string, tail: number): Promise<string> {
    return await this.#read('readLog', id, () => lastLines(this.provider.readLog(id), tail));
  }

  async #read<T>(method: BackendMethod, target: string, effect: () => T): Promise<T> {
    const fault = this.#faultFor({ method, target });
    if (fault?.kind === 'stale') {
      return fault.snapshot as T;
    }
    return await this.#meet(fault?.kind === 'late' ? { ...fault, kind: 'before' } : fault, effect);
  }

  async #change<T>(
    method: FakeCall['method'],
    target: string,
    effect: (at: number) => T,
  ): Promise<T> {
    const fault = this.#faultFor({ method, target });
    this.provider.calls.push({
      client: this.#client.name ?? 'client',
      method,
      target,
      at: new Date(this.provider.now()),
      ...(fault === undefined ? {} : { fault: fault.kind }),
    });
    const expiresAt = this.provider.now() + this.callLifetimeSeconds * 1000;
    return await this.#meet(fault, (at) => {
      if (at >= expiresAt) {
        // It was held for longer than the provider takes it: as with EC2, nothing happens any more.
        throw new UnknownOutcomeError('calling: RequestExpired');
      }
      return effect(at);
    });
  }

  async #meet<T>(fault: Fault | undefined, effect: (at: number) => T): Promise<T> {
    const run = (): T => effect(this.provider.now());
    switch (fault?.kind) {
      case 'before':
        throw fault.error;
      case 'after':
        run();
        throw fault.error;
      case 'late':
        this.provider.sendLate(effect, fault.afterSeconds);
        throw fault.error;
      case 'held':
        return await runHeld(fault, run);
      case 'stale':
      case undefined:
        return run();
    }
  }

  #faultFor(call: CallOnItsWay): Fault | undefined {
    const index = this.#next.findIndex(({ method }) => method === call.method);
    if (index !== -1) {
      return this.#next.splice(index, 1)[0]?.fault;
    }
    for (const rule of this.#standing) {
      const fault = rule(call);
      if (fault !== undefined) {
        return fault;
      }
    }
    return undefined;
  }
}

async function runHeld<T>(fault: Extract<Fault, { kind: 'held' }>, run: () => T): Promise<T> {
  if (fault.wait === 'before') {
    fault.onArrival();
    await fault.gate;
    return run();
  }
  const answer = run();
  fault.onArrival();
  await fault.gate;
  return answer;
}

/** Freezes what the class says of the runtime, as every backend does. */
function resolveParameters({ classSpec, runtime, tier }: LaunchRequest): LaunchParameters {
  const runtimes = classSpec.process?.runtimes;
  if (runtimes === undefined) {
    return { placement: '', details: { runtime, tier } };
  }
  const parameters = runtimes[runtime];
  if (parameters === undefined) {
    const names = Object.keys(runtimes).sort().join(', ');
    throw new TerminalError(`the class has no runtime ${runtime}; it has: ${names}`, {
      reason: 'InvalidSpec',
    });
  }
  return { placement: '', details: { runtime, tier, command: parameters.command } };
}

function lastLines(text: string, count: number): string {
  const lines = text.split('\n');
  const end = text.endsWith('\n') ? lines.length - 1 : lines.length;
  return lines
    .slice(Math.max(0, end - count), end)
    .map((line) => `${line}\n`)
    .join('');
}
