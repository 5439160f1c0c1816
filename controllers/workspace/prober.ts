import type { Clock } from '../../lib/clock.ts';
import type { Fleet } from '../fleet.ts';

export interface ProberOptions {
  readonly fleet: Pick<Fleet, 'runningUrls'>;
  /** True when something answers at the address; never throws. */
  readonly connect: (url: string) => Promise<boolean>;
  /** Told of the workspaces whose answer changed. */
  readonly onChange: (uids: readonly string[]) => void;
  readonly clock: Clock;
}

/** An agent that has just started is asked this often, so that it is Online soon after it listens. */
const YOUNG_INTERVAL_MS = 200;
/** An agent counts as young for this long. */
const YOUNG_MS = 20_000;
/** One that answered, or that has not for long. A lost port is seen within this and one list. */
const STEADY_INTERVAL_MS = 10_000;
/** Connections at once; loopback answers in well under a millisecond. */
const CONCURRENCY = 50;

interface Probe {
  readonly firstSeenMs: number;
  answer?: boolean;
  askedMs: number;
}

/** Asks the port of every running instance whether it answers; loopback and private addresses only. */
export class Prober {
  readonly #options: ProberOptions;
  readonly #probes = new Map<string, Probe>();

  constructor(options: ProberOptions) {
    this.#options = options;
  }

  /** undefined while it was not asked yet. */
  isAnswering(url: string): boolean | undefined {
    return this.#probes.get(url)?.answer;
  }

  /** Runs until `stop` is aborted. */
  async run(stop: AbortSignal, tick: () => void): Promise<void> {
    while (!stop.aborted) {
      await this.#round();
      tick();
      await this.#options.clock.sleep(YOUNG_INTERVAL_MS, stop);
    }
  }

  async #round(): Promise<void> {
    const nowMs = this.#options.clock.now().getTime();
    const urls = this.#options.fleet.runningUrls();
    for (const url of this.#probes.keys()) {
      if (!urls.has(url)) {
        this.#probes.delete(url);
      }
    }
    const due = [...urls].filter(([url]) => this.#isDue(url, nowMs));
    for (let start = 0; start < due.length; start += CONCURRENCY) {
      await Promise.all(
        due.slice(start, start + CONCURRENCY).map(([url, uid]) => this.#ask(url, uid, nowMs)),
      );
    }
  }

  #isDue(url: string, nowMs: number): boolean {
    const probe = this.#probes.get(url);
    if (probe === undefined) {
      return true;
    }
    const isYoung = probe.answer !== true && nowMs - probe.firstSeenMs < YOUNG_MS;
    return nowMs - probe.askedMs >= (isYoung ? YOUNG_INTERVAL_MS : STEADY_INTERVAL_MS);
  }

  async #ask(url: string, uid: string, nowMs: number): Promise<void> {
    const probe = this.#probes.get(url) ?? { firstSeenMs: nowMs, askedMs: nowMs };
    this.#probes.set(url, probe);
    const before = probe.answer;
    const answer = await this.#options.connect(url);
    probe.askedMs = nowMs;
    probe.answer = answer;
    if (before !== answer) {
      this.#options.onChange([uid]);
    }
  }
}
