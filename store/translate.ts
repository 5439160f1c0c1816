import {
  ConflictError,
  ReconcileError,
  StoreFullError,
  StoreUnavailableError,
  UnauthorizedError,
} from '../lib/errors.ts';

/** Codes of Node's sockets that mean: nobody answers there (any more). */
const SOCKET_CODES = new Set([
  'EACCES',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/**
 * SQLSTATEs (PostgreSQL manual, appendix A) after which the session is of no use, and another try may succeed:
 * shut down, crashed, starting up, too many connections, idle in transaction for too long, statement timed out,
 * no such database (yet, or any more).
 */
const UNAVAILABLE_STATES = new Set(['57P01', '57P02', '57P03', '53300', '25P03', '57014', '3D000']);

/** Texts of `pg` and `pg-pool` for what has no code. */
const UNAVAILABLE_TEXT =
  /Connection terminated|connection error and is not queryable|Client was closed|Query read timeout|timeout exceeded when trying to connect|timeout expired/;

/** Deadlock and serialization failure: the same transaction succeeds when it is run again. */
const CONFLICT_STATES = new Set(['40P01', '40001']);

/** An error of `pg` as one of ours, where there is something to do about it; any other as it is (a bug of ours). */
export function translateStoreError(error: unknown): unknown {
  if (!isError(error) || error instanceof ReconcileError) {
    return error;
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (isUnavailable(code, error.message)) {
    return new StoreUnavailableError(`using PostgreSQL: ${describe(error, code)}`, {
      cause: error,
    });
  }
  return translateRefusal(code, error);
}

function translateRefusal(code: string, error: Error): Error {
  if (code === '53100') {
    return new StoreFullError(
      `writing to PostgreSQL: its disk is full (${error.message}); free or add space there, Treeline goes on by itself`,
      { cause: error },
    );
  }
  if (CONFLICT_STATES.has(code)) {
    return new ConflictError(`writing to PostgreSQL: ${error.message}`, { cause: error });
  }
  // Class 28 is "invalid authorization specification".
  return code.startsWith('28')
    ? new UnauthorizedError(
        `connecting to PostgreSQL: ${error.message}; check user and password in DATABASE_URL`,
        { cause: error },
      )
    : error;
}

// Class 08 is "connection exception".
function isUnavailable(code: string, message: string): boolean {
  return (
    SOCKET_CODES.has(code) ||
    UNAVAILABLE_STATES.has(code) ||
    code.startsWith('08') ||
    UNAVAILABLE_TEXT.test(message)
  );
}

// The AggregateError of a host with several addresses has a code, but no message.
function describe(error: Error, code: string): string {
  return error.message === '' ? code : error.message;
}

// Not instanceof: under the test runner the errors of Node itself come from another realm.
function isError(error: unknown): error is Error {
  return Object.prototype.toString.call(error) === '[object Error]';
}
