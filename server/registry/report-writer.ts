import { StoreFullError, StoreUnavailableError } from '../../lib/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { WordAnswer } from '../../store/agent-words.ts';

/** Answers each of the words, in their order (`storeWords`). */
export type StoreWords = (words: readonly string[]) => Promise<readonly WordAnswer[]>;

/** More in one statement would make those wait that come meanwhile (bench/heartbeats.ts). */
const MAX_BATCH_WORDS = 500;
/** Characters of one statement; cards may be long. */
const MAX_BATCH_LENGTH = 4 * 1024 * 1024;
/** Characters that wait at most, so that a database that is away does not fill the memory. */
const MAX_WAITING_LENGTH = 16 * 1024 * 1024;
/**
 * Between the beginnings of two batches. Ten thousand agents beat every 3 ms, and a batch for each costs twice the CPU of a
 * batch for several, while a heartbeat may take 20 ms (bench/heartbeats.ts).
 */
export const BATCH_INTERVAL_MILLISECONDS = 10;
/** Half of what an agent waits for its answer (lessons.md, 2.3). */
const PATIENCE_MILLISECONDS = 5_000;

interface Waiting {
  readonly word: string;
  readonly settle: (outcome: { answer: WordAnswer } | { error: Error }) => void;
  isOver: boolean;
}

/**
 * Group commit: while one batch is being stored, and for 10 ms at least, what comes meanwhile is collected for the next; so a
 * single word waits for nobody, and many cost few statements.
 */
export class ReportWriter {
  readonly #store: StoreWords;
  readonly #clock: Clock;
  #waiting: Waiting[] = [];
  #waitingLength = 0;
  #isStoring = false;

  constructor(store: StoreWords, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Stores one text of `toWordJson` and answers it. Throws `StoreUnavailableError` when the database is away, does not
   * answer in time, or too much waits for it; what was not answered in time may have been stored.
   */
  async write(word: string): Promise<WordAnswer> {
    if (this.#waitingLength + word.length > MAX_WAITING_LENGTH) {
      throw new StoreUnavailableError('storing what an agent said: too much is waiting');
    }
    return await new Promise((resolve, reject) => {
      const waiting: Waiting = {
        word,
        isOver: false,
        settle: (outcome) => {
          waiting.isOver = true;
          cancel();
          if ('answer' in outcome) {
            resolve(outcome.answer);
          } else {
            reject(outcome.error);
          }
        },
      };
      const cancel = this.#clock.schedule(PATIENCE_MILLISECONDS, () => {
        const error = new StoreUnavailableError('storing what an agent said: no answer in time');
        waiting.settle({ error });
      });
      this.#waiting.push(waiting);
      this.#waitingLength += word.length;
      void this.#storeAll();
    });
  }

  async #storeAll(): Promise<void> {
    if (this.#isStoring) {
      return;
    }
    this.#isStoring = true;
    while (this.#waiting.length > 0) {
      const interval = this.#clock.sleep(BATCH_INTERVAL_MILLISECONDS);
      await this.#storeBatch(this.#takeBatch());
      await interval;
    }
    this.#isStoring = false;
  }

  #takeBatch(): readonly Waiting[] {
    let length = 0;
    let count = 0;
    for (const { word } of this.#waiting.slice(0, MAX_BATCH_WORDS)) {
      if (count > 0 && length + word.length > MAX_BATCH_LENGTH) {
        break;
      }
      length += word.length;
      count += 1;
    }
    const batch = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    this.#waitingLength -= length;
    return batch.filter(({ isOver }) => !isOver);
  }

  async #storeBatch(batch: readonly Waiting[]): Promise<void> {
    if (batch.length === 0) {
      return;
    }
    try {
      const answers = await this.#store(batch.map(({ word }) => word));
      batch.forEach(({ settle }, index) => {
        settle(toOutcome(answers[index]));
      });
    } catch (error) {
      await this.#storeApart(batch, error as Error);
    }
  }

  /** One word that the database refuses must not cost the others theirs. */
  async #storeApart(batch: readonly Waiting[], error: Error): Promise<void> {
    if (batch.length === 1 || isOutage(error)) {
      batch.forEach(({ settle }) => {
        settle({ error });
      });
      return;
    }
    const half = Math.ceil(batch.length / 2);
    await this.#storeBatch(batch.slice(0, half));
    await this.#storeBatch(batch.slice(half));
  }
}

function isOutage(error: Error): boolean {
  return error instanceof StoreUnavailableError || error instanceof StoreFullError;
}

function toOutcome(answer: WordAnswer | undefined) {
  return answer === undefined
    ? { error: new Error('storing what an agent said: no answer') }
    : { answer };
}
