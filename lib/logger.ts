import { pino, type Logger as Pino } from 'pino';
import { redact } from './redact.ts';
import { terminalLine } from './terminal-line.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** What varies from line to line: ids, counts, durations, `error`. Secrets in it are redacted by their names. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Messages are constants; variables are fields. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** A logger whose every line carries `fields` too. */
  child(fields: LogFields): Logger;
}

export interface LoggerOptions {
  /** Lines below this level are not written. */
  readonly level: LogLevel;
  /** `json` for machines: one object a line with `level`, `time` (ISO 8601) and `message`; `terminal` for people. */
  readonly format: 'json' | 'terminal';
  /** Only for `terminal`. The caller decides: false where there is no terminal, or NO_COLOR is set. */
  readonly colours?: boolean;
  readonly stream: { write(line: string): unknown };
}

/** A logger that writes whole lines to `stream`, each at once, so that the last one is there when the process dies. */
export function createLogger({ level, format, colours = false, stream }: LoggerOptions): Logger {
  const write = (line: string): void => {
    stream.write(format === 'json' ? line : terminalLine(line, colours));
  };
  const root = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redact },
      // `redact` has already made errors plain; pino's own serializer would look for a stack again.
      serializers: { err: (value: unknown) => value },
    },
    { write },
  );
  return wrap(root);
}

/** pino formats the fields of a line, but not those of a child. */
function wrap(logger: Pino): Logger {
  return {
    debug: (fields, message) => {
      logger.debug(fields, message);
    },
    info: (fields, message) => {
      logger.info(fields, message);
    },
    warn: (fields, message) => {
      logger.warn(fields, message);
    },
    error: (fields, message) => {
      logger.error(fields, message);
    },
    child: (fields) => wrap(logger.child(redact(fields))),
  };
}
