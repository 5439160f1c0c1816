import { errorCode } from '../../lib/error-code.ts';
import {
  BackendUnavailableError,
  ConflictError,
  InsufficientCapacityError,
  ReconcileError,
  TerminalError,
  ThrottledError,
  UnauthorizedError,
  UnknownOutcomeError,
} from '../../lib/errors.ts';

/** File descriptors and processes are given back within seconds. */
const EXHAUSTED_RETRY_SECONDS = 5;

/** What the codes we act on mean (errno(3)). All others: outcome unknown. */
const ERROR_BY_CODE: Readonly<Record<string, (message: string, cause: unknown) => ReconcileError>> =
  {
    ENOSPC: (message, cause) => new InsufficientCapacityError(message, { cause }),
    EDQUOT: (message, cause) => new InsufficientCapacityError(message, { cause }),
    EMFILE: throttled,
    ENFILE: throttled,
    EAGAIN: throttled,
    ENOMEM: throttled,
    EACCES: (message, cause) => new UnauthorizedError(message, { cause }),
    EPERM: (message, cause) => new UnauthorizedError(message, { cause }),
    EROFS: (message, cause) => new UnauthorizedError(message, { cause }),
    ENAMETOOLONG: invalid,
    ENOENT: (message, cause) => new BackendUnavailableError(message, { cause }),
    ENOTDIR: (message, cause) => new BackendUnavailableError(message, { cause }),
  };

/** The system's error as one of ours; one of ours stays as it is. */
export function translate(doing: string, cause: unknown): ReconcileError {
  if (cause instanceof ReconcileError) {
    return cause;
  }
  const code = errorCode(cause) ?? 'no answer';
  const known = ERROR_BY_CODE[code];
  const message = `${doing}: ${code}${pathOf(cause)}`;
  return known?.(message, cause) ?? new UnknownOutcomeError(message, { cause });
}

/**
 * The same for a launch whose folder is there: whatever fails now, the launch has had an effect. Only a `ConflictError`
 * stays one: the folder is not that of this launch.
 */
export function translateInDoubt(doing: string, cause: unknown): ReconcileError {
  const error = translate(doing, cause);
  return error instanceof ConflictError || error instanceof UnknownOutcomeError
    ? error
    : new UnknownOutcomeError(error.message, { cause });
}

/** The answer of `work`, or `fallback` when it fails with one of these codes. */
export async function unless<T, F>(
  codes: readonly string[],
  work: () => Promise<T>,
  fallback: F,
): Promise<T | F> {
  try {
    return await work();
  } catch (error) {
    if (codes.includes(errorCode(error) ?? '')) {
      return fallback;
    }
    throw error;
  }
}

function throttled(message: string, cause: unknown): ReconcileError {
  return new ThrottledError(message, EXHAUSTED_RETRY_SECONDS, { cause });
}

function invalid(message: string, cause: unknown): ReconcileError {
  return new TerminalError(message, { reason: 'InvalidSpec', cause });
}

function pathOf(error: unknown): string {
  const isWithPath = typeof error === 'object' && error !== null && 'path' in error;
  return isWithPath && typeof error.path === 'string' ? ` (${error.path})` : '';
}
