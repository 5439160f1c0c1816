import { createLogger, type Logger, type LogLevel } from '../../lib/logger.ts';

/** A logger whose lines a test can read, as the objects they were written from. */
export class CapturedLog {
  readonly log: Logger;
  readonly #written: string[] = [];

  constructor(level: LogLevel = 'debug') {
    this.log = createLogger({
      level,
      format: 'json',
      stream: { write: (line) => this.#written.push(line) },
    });
  }

  clear(): void {
    this.#written.length = 0;
  }

  get lines(): readonly Readonly<Record<string, unknown>>[] {
    return this.#written.map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}
