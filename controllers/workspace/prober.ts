import type { Instance } from '../../backends/backend.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Fleet, ListeningInstance } from '../fleet.ts';

export interface ProberOptions {
  readonly fleet: Pick<Fleet, 'listening'>;
  /** True when something answers at the address; never throws. */
  readonly connect: (url: string) => Promise<boolean>;
  /** Told of the workspaces about which an answer may say something new. */
  readonly onChange: (uids: readonly string[]) => void;
  readonly clock: Clock;
}

/** An agent that has just started is asked this often, so that it is Online soon after it listens. */
const YOUNG_INTERVAL_MS = 200;
/** An agent counts as young for this long after its start, until it answers. */
const YOUNG_MS = 20_000;
/** One that answered, or that has not for long. A lost port is seen within this and one list. */
const STEADY_INTERVAL_MS = 10_000;
/** Of those that are not young, asked in one round: 10,000 take 10 s, and never hold up the young ones. */
const STEADY_PER_ROUND = 200;
/** Connections at once; loopback answers in well under a millisecond. */
const CONCURRENCY = 50;

/** What is known of one run of one instance. */
interface Probe {
  readonly instance: ListeningInstance;
  answer?: boolean;
  askedMs?: number;
}

/** Asks the port of every running instance whether it answers; loopback and private addresses only. */
export class Prober {
  readonly #options: ProberOptions;
  #listening: readonly ListeningInstance[] = [];
  #probes: ReadonlyMap<string, Probe> = new Map();

  constructor(options: ProberOptions) {
    this.#options = options;
  }

  /** undefined while this run of it was not asked yet; true for one that listens nowhere. */
  isAnswering(instance: Instance): boolean | undefined {
    return instance.url === undefined || this.#probes.get(runOf(instance))?.answer;
  }

  /** Runs until `stop` is aborted. */
  async run(stop: AbortSignal, tick: () => void): Promise<void> {
    while (!stop.aborted) {
      await this.round(stop);
      tick();
      await this.#options.clock.sleep(YOUNG_INTERVAL_MS, stop);
    }
  }

  /** Asks whoever is due, and asks nobody more once `stop` is aborted. */
  async round(stop: AbortSignal): Promise<void> {
    const nowMs = this.#options.clock.now().getTime();
    this.#follow();
    const due = this.#dueAt(nowMs).values();
    const askAll = async (): Promise<void> => {
      for (const probe of due) {
        if (stop.aborted) {
          return;
        }
        await this.#ask(probe, nowMs);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, askAll));
  }

  /** A new run starts unasked: an answer of the one before, on the same port, says nothing about it. */
  #follow(): void {
    const listening = this.#options.fleet.listening();
    if (listening === this.#listening) {
      return;
    }
    this.#listening = listening;
    this.#probes = new Map(
      listening.map((instance) => {
        const run = runOf(instance);
        return [run, this.#probes.get(run) ?? { instance }];
      }),
    );
  }

  #dueAt(nowMs: number): readonly Probe[] {
    const probes = [...this.#probes.values()];
    const isOver = (ms: number, { askedMs }: Probe): boolean =>
      askedMs === undefined || nowMs - askedMs >= ms;
    const young = probes.filter((one) => isYoung(one, nowMs) && isOver(YOUNG_INTERVAL_MS, one));
    const steady = probes.filter((one) => !isYoung(one, nowMs) && isOver(STEADY_INTERVAL_MS, one));
    const longestUnasked = steady.toSorted((a, b) => (a.askedMs ?? 0) - (b.askedMs ?? 0));
    return [...young, ...longestUnasked.slice(0, STEADY_PER_ROUND)];
  }

  async #ask(probe: Probe, nowMs: number): Promise<void> {
    const { instance, answer: before } = probe;
    probe.answer = await this.#options.connect(instance.url);
    probe.askedMs = nowMs;
    // After a restart of the controller every port answers for the first time: that is what the records say already.
    const isOldNews = before === undefined && probe.answer && nowMs - startOf(instance) > YOUNG_MS;
    if (before !== probe.answer && !isOldNews) {
      this.#options.onChange([instance.marks.workspaceUid]);
    }
  }
}

/** Names one run of one instance at one address. */
function runOf(instance: Instance): string {
  return `${instance.id} ${startOf(instance)} ${instance.url ?? ''}`;
}

function startOf({ startedAt, launchedAt }: Instance): number {
  return (startedAt ?? launchedAt).getTime();
}

function isYoung({ answer, instance }: Probe, nowMs: number): boolean {
  return answer !== true && nowMs - startOf(instance) < YOUNG_MS;
}
