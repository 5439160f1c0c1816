import { ReconcileError, StoreUnavailableError } from '../lib/errors.ts';
import { EmbeddedPostgresError } from '../store/embedded/embedded-postgres-error.ts';
import { SchemaRefusedError } from '../store/schema-version.ts';
import { CliError } from './cli-error.ts';
import { EXIT } from './exit-codes.ts';

/** Errors whose message already says what is wrong; every other one is a bug and keeps its stack. */
const EXPECTED = [ReconcileError, EmbeddedPostgresError, SchemaRefusedError];

/** For verbs that work on the machine or the database themselves: what can happen there is no bug of ours. */
export async function explainExpected<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toCliError(error);
  }
}

function toCliError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof CliError) {
    return error;
  }
  const isExpected = EXPECTED.some((known) => error instanceof known) || isSystemError(error);
  return isExpected ? new CliError(explain(error), EXIT.failure, { cause: error }) : error;
}

function explain(error: Error): string {
  const todo =
    error instanceof StoreUnavailableError ? ': check DATABASE_URL, and that the server runs' : '';
  return lowerCased(error.message) + todo;
}

/** A file, a socket or a disk said no: `EACCES`, `ENOSPC`, `EADDRINUSE`. */
function isSystemError(error: Error): boolean {
  return 'syscall' in error && 'code' in error;
}

/** `ENOSPC: ...` stays as it is. */
function lowerCased(message: string): string {
  return /^[A-Z][a-z]/.test(message) ? message.charAt(0).toLowerCase() + message.slice(1) : message;
}
