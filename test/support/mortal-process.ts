/** One awaited call of a process to the outside: a statement to PostgreSQL or a method of a backend. */
export interface CallPoint {
  /** First words of the statement, or `backend.launch`. */
  readonly name: string;
  /** It asked a provider to change something, so its effect may also land after the process has died. */
  readonly isProviderChange: boolean;
  /** Commits and changes at providers before it: two calls of one name at one stage find the same world. */
  readonly stage: number;
}

/**
 * Where a process dies, counted in calls from the moment it is armed: before the call is sent, after its effect and
 * before its answer, or so that the effect lands when the process is long dead.
 */
export interface Crash {
  readonly at: number;
  readonly when: 'before' | 'after' | 'late';
}

/** The same at the next call of that name. */
interface NamedCrash {
  readonly name: string;
  readonly when: Crash['when'];
}

/** How a call is made, and what only some calls can do. */
export interface MortalCall<T> {
  readonly name: string;
  readonly send: () => Promise<T>;
  /** The effect lands later; resolves at once. */
  readonly sendLate?: () => Promise<void>;
  /** Asked after `send`: did a provider take it as a change? */
  readonly isProviderChange?: () => boolean;
}

/** A process that was stopped before one of its statements, until it is told to go on. */
export interface StoppedProcess {
  /** Resolves when it has come to that statement. */
  readonly arrived: Promise<void>;
  release(): void;
}

/** What every call of a dead process ends with. */
class DeadProcessError extends Error {
  constructor() {
    super('this process is dead');
    this.name = 'DeadProcessError';
  }
}

/**
 * A process that may be killed at any call. The wrappers of its connections and backends send every call through it, so
 * that crash points are found and not listed. From its death on nothing of it reaches the outside.
 */
export class MortalProcess {
  #isDead = false;
  #crash: Crash | NamedCrash | undefined;
  #points: CallPoint[] = [];
  #begun = 0;
  #underWay = 0;
  #answer = Promise.withResolvers<undefined>();
  #commits = 0;
  #providerChanges = 0;
  #stop: { left: number; readonly arrive: () => void; readonly goOn: Promise<void> } | undefined;

  /** Transactions committed so far; the controller writes nothing outside of one. */
  get commits(): number {
    return this.#commits;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Calls that are on their way, and waits for a connection. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Resolves when the next of those ends. */
  nextAnswer(): Promise<undefined> {
    return this.#answer.promise;
  }

  /** Calls since the last `arm`, in the order in which they were begun. */
  get points(): readonly CallPoint[] {
    return this.#points;
  }

  /** Counts calls from here on, and dies where `crash` says. */
  arm(crash?: Crash | NamedCrash): void {
    this.#crash = crash;
    this.#points = [];
    this.#begun = 0;
  }

  die(): void {
    this.#isDead = true;
  }

  /** Stops before the n-th connection it asks for from here on, so never in the middle of a transaction. */
  stopAtConnect(at: number): StoppedProcess {
    const arrival = Promise.withResolvers<undefined>();
    const gate = Promise.withResolvers<undefined>();
    this.#stop = {
      left: at,
      arrive: () => {
        arrival.resolve(undefined);
      },
      goOn: gate.promise,
    };
    return {
      arrived: arrival.promise,
      release: () => {
        this.#stop = undefined;
        gate.resolve(undefined);
      },
    };
  }

  /** Waits where the process is stopped; whoever comes later waits too. */
  async beforeConnect(): Promise<void> {
    const stop = this.#stop;
    if (stop !== undefined) {
      stop.left -= 1;
      if (stop.left < 0) {
        stop.arrive();
        await stop.goOn;
      }
    }
    this.assertAlive();
  }

  /** Waits for something outside that is no call: nothing happens to it. */
  async wait<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
      this.#answer.resolve(undefined);
      this.#answer = Promise.withResolvers<undefined>();
    }
  }

  assertAlive(): void {
    if (this.#isDead) {
      throw new DeadProcessError();
    }
  }

  /** Makes one call, or dies at it. */
  async call<T>(call: MortalCall<T>): Promise<T> {
    this.assertAlive();
    const index = this.#begun;
    this.#begun += 1;
    const stage = this.#commits + this.#providerChanges;
    const point = { name: call.name, stage, isProviderChange: false };
    this.#points[index] = point;
    const dies = this.#deathAt(index, call.name);
    if (dies === 'before') {
      this.die();
      throw new DeadProcessError();
    }
    if (dies === 'late') {
      await this.wait(async () => call.sendLate?.());
      this.die();
      throw new DeadProcessError();
    }
    return await this.#send(call, { point, index, diesAfter: dies === 'after' });
  }

  #deathAt(index: number, name: string): Crash['when'] | undefined {
    const crash = this.#crash;
    const isHere =
      crash !== undefined && ('at' in crash ? crash.at === index : crash.name === name);
    return isHere ? crash.when : undefined;
  }

  async #send<T>(
    call: MortalCall<T>,
    at: { readonly point: CallPoint; readonly index: number; readonly diesAfter: boolean },
  ): Promise<T> {
    try {
      const answer = await this.wait(() => call.send());
      this.#commits += Number(call.name === 'commit');
      return answer;
    } finally {
      const isProviderChange = call.isProviderChange?.() ?? false;
      this.#providerChanges += Number(isProviderChange);
      this.#points[at.index] = { ...at.point, isProviderChange };
      if (at.diesAfter) {
        this.die();
      }
      this.assertAlive();
    }
  }
}
