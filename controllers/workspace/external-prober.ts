import type { Clock } from '../../lib/clock.ts';
import type { DeclaredAddress } from '../../store/external-agents.ts';
import type { AddressAnswer } from './external-agent.ts';

export interface ExternalProberOptions {
  /** Every address that declarations give now. */
  readonly list: () => Promise<readonly DeclaredAddress[]>;
  /** Whether something accepts connections there; never throws, and refuses what no declaration may name. */
  readonly ask: (url: string) => Promise<AddressAnswer>;
  /** Told of the workspaces about which an answer says something new. */
  readonly onChange: (uids: readonly string[]) => void;
  readonly clock: Clock;
}

/** As often as the port of an instance that runs for long is asked. */
const INTERVAL_MS = 10_000;
/** Connections at once: an address that is silent holds one for its whole time-out. */
const CONCURRENCY = 20;

interface Known {
  readonly url: string;
  readonly answer: AddressAnswer;
}

/** Asks the declared addresses of agents that run elsewhere whether something accepts connections there. */
export class ExternalProber {
  readonly #options: ExternalProberOptions;
  #known: ReadonlyMap<string, Known> = new Map();

  constructor(options: ExternalProberOptions) {
    this.#options = options;
  }

  /** undefined while nobody has asked at this very address of the workspace. */
  answerOf(uid: string, url: string | undefined): AddressAnswer | undefined {
    const known = this.#known.get(uid);
    return known?.url === url ? known?.answer : undefined;
  }

  /** Runs until `stop` is aborted. */
  async run(stop: AbortSignal, tick: () => void): Promise<void> {
    while (!stop.aborted) {
      await this.round();
      tick();
      await this.#options.clock.sleep(INTERVAL_MS, stop);
    }
  }

  /** Asks at every address once. Throws what `list` throws. */
  async round(): Promise<void> {
    const addresses = await this.#options.list();
    const next = new Map<string, Known>();
    const due = addresses.values();
    const askAll = async (): Promise<void> => {
      for (const { uid, url } of due) {
        next.set(uid, { url, answer: await this.#options.ask(url) });
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, askAll));
    const changed = [...next].filter(([uid, known]) => !isSame(known, this.#known.get(uid)));
    this.#known = next;
    this.#options.onChange(changed.map(([uid]) => uid));
  }
}

function isSame({ url, answer }: Known, before: Known | undefined): boolean {
  return (
    before?.url === url &&
    before.answer.isAnswering === answer.isAnswering &&
    before.answer.refusal === answer.refusal
  );
}
