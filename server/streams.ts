import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Clock } from '../lib/clock.ts';
import type { ServerLog } from './options.ts';
import { Problem } from './problem.ts';

/** Streams at once; each polls the database twice a second, so this is what one small PostgreSQL carries easily. */
const MAX_STREAMS = 100;
/** Between two looks: soon enough for a person who watches, rare enough for the database. */
const POLL_MILLISECONDS = 500;
/** An empty line after this long without anything else; proxies cut connections that are silent for 60 s. */
const HEARTBEAT_MILLISECONDS = 15_000;

/** After the server closes, a client that does not read gets this long to take what is left. */
const CLOSING_GRACE_MILLISECONDS = 1000;

/** What one look found: lines to send, and whether to look again at once. */
export interface Poll {
  readonly lines: readonly string[];
  readonly hasMore: boolean;
}

/** All answers that do not end by themselves. Each ends when its client leaves or the server closes. */
export class Streams {
  readonly #clock: Clock;
  readonly #log: ServerLog;
  readonly #closing = new AbortController();
  readonly #open = new Set<FastifyReply>();

  constructor(clock: Clock, log: ServerLog) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Ends every stream; cuts those whose clients do not read. */
  close(): void {
    this.#closing.abort();
    this.#clock.schedule(CLOSING_GRACE_MILLISECONDS, () => {
      this.#open.forEach(({ raw }) => raw.destroy());
    });
  }

  /**
   * The body of a streamed answer. At most one buffer of text is held for a client that does not read.
   * `produce` must end soon after `signal` is aborted. Throws a 503 `Problem` when there are too many streams.
   */
  open(reply: FastifyReply, produce: (signal: AbortSignal) => AsyncIterable<string>): Readable {
    if (this.#open.size >= MAX_STREAMS) {
      throw new Problem(503, 'TooManyStreams', `more than ${MAX_STREAMS} streams are open`, {
        headers: { 'retry-after': '10' },
      });
    }
    this.#open.add(reply);
    const left = new AbortController();
    reply.raw.once('close', () => {
      this.#open.delete(reply);
      left.abort();
    });
    // Kept alive, the connection of a stream that ended would hold up the closing of the server.
    void reply.header('connection', 'close');
    const signal = AbortSignal.any([left.signal, this.#closing.signal]);
    return Readable.from(this.#begun(reply, produce(signal)), { objectMode: false });
  }

  /** A stream of lines: looks with `poll` again and again, sends what it finds, and heartbeats in between. */
  openPolled(reply: FastifyReply, poll: () => Promise<Poll>): Readable {
    return this.open(reply, (signal) => this.#pollLines(poll, signal));
  }

  async *#pollLines(poll: () => Promise<Poll>, signal: AbortSignal): AsyncIterable<string> {
    let sentAt = this.#clock.now().getTime();
    while (!signal.aborted) {
      const { lines, hasMore } = await poll();
      const now = this.#clock.now().getTime();
      if (lines.length > 0 || now - sentAt >= HEARTBEAT_MILLISECONDS) {
        yield `${lines.join('\n')}\n`;
        sentAt = now;
      }
      await this.#clock.sleep(hasMore ? 0 : POLL_MILLISECONDS, signal);
    }
  }

  async *#begun(reply: FastifyReply, chunks: AsyncIterable<string>): AsyncIterable<string> {
    // At once, so that the client knows that it is listening, however long there is nothing to say.
    reply.raw.flushHeaders();
    try {
      yield* chunks;
    } catch (error) {
      // The status line is long gone: a cut connection is all that is left to say, so the log has to say why.
      this.#log.error({ error }, 'stream failed');
      throw error;
    }
  }
}
