/** Reads lines of a streamed answer as they come; empty ones, which only keep the connection alive, are left out. */
export class LineReader {
  readonly headers: Headers;
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #client: AbortController;
  #rest = '';

  private constructor(response: Response, client: AbortController) {
    this.headers = response.headers;
    this.#reader = (response.body ?? new ReadableStream<Uint8Array>())
      .pipeThrough(new TextDecoderStream())
      .getReader();
    this.#client = client;
  }

  /** Resolves when the answer has begun. */
  static async open(url: string): Promise<LineReader> {
    const client = new AbortController();
    return new LineReader(await fetch(url, { signal: client.signal }), client);
  }

  /** The next `count` lines; fewer when the stream ends before. */
  async take(count: number): Promise<string[]> {
    const lines: string[] = [];
    while (lines.length < count) {
      const end = this.#rest.indexOf('\n');
      if (end >= 0) {
        lines.push(...[this.#rest.slice(0, end)].filter((line) => line !== ''));
        this.#rest = this.#rest.slice(end + 1);
        continue;
      }
      const { done, value } = await this.#reader.read();
      if (done) {
        return lines;
      }
      this.#rest += value;
    }
    return lines;
  }

  /** The next `count` lines as JSON. */
  async takeJson<T>(count: number): Promise<T[]> {
    return (await this.take(count)).map((line) => JSON.parse(line) as T);
  }

  /** Whatever comes until the server ends the stream. */
  async takeRest(): Promise<string[]> {
    return await this.take(Number.POSITIVE_INFINITY);
  }

  /** Goes away without a word, as a client that is killed. */
  async leave(): Promise<void> {
    this.#client.abort();
    await this.#reader.closed.catch(() => undefined);
  }
}
