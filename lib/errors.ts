/**
 * The error taxonomy. The class of an error decides what the work queue does with the key;
 * nobody parses message text. Vendor errors are translated into these once per backend.
 */

/** What the work queue does after an error. */
export type Retry =
  | { readonly kind: 'backoff' }
  | { readonly kind: 'after'; readonly seconds: number }
  | { readonly kind: 'drop' }
  | { readonly kind: 'stop-process' };

const BACKOFF: Retry = { kind: 'backoff' };

/** An operator has to change something outside; looking every five minutes is soon enough. */
const OPERATOR_RETRY_SECONDS = 300;
/** Capacity and quota come back in minutes, not seconds. */
const CAPACITY_RETRY_SECONDS = 60;

export interface ReconcileErrorOptions extends ErrorOptions {
  /** The stable CamelCase word shown in the condition; each class has its default. */
  readonly reason?: string;
}

/** Base of every expected error. `reason` becomes the condition's reason, `retry` the queue's instruction. */
export abstract class ReconcileError extends Error {
  readonly reason: string;
  readonly retry: Retry;

  constructor(
    message: string,
    defaultReason: string,
    retry: Retry,
    options?: ReconcileErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
    this.reason = options?.reason ?? defaultReason;
    this.retry = retry;
  }
}

/** The provider says that it is gone; normal while deleting, so callers handle it. */
export class NotFoundError extends ReconcileError {
  constructor(message: string, options?: ReconcileErrorOptions) {
    super(message, 'InstanceLost', BACKOFF, options);
  }
}

/** The record changed since it was read. */
export class ConflictError extends ReconcileError {
  constructor(message: string, options?: ReconcileErrorOptions) {
    super(message, 'Conflict', BACKOFF, options);
  }
}

/** The provider asks us to slow down for `seconds`. No failure of the object. */
export class ThrottledError extends ReconcileError {
  readonly seconds: number;

  constructor(message: string, seconds: number, options?: ReconcileErrorOptions) {
    super(message, 'Throttled', { kind: 'after', seconds }, options);
    this.seconds = seconds;
  }
}

export interface CapacityErrorOptions extends ReconcileErrorOptions {
  /** The next attempt would ask for something else, so it need not wait. */
  readonly hasAlternative?: boolean;
}

/** No room where the instance was asked for. A definite refusal: nothing was launched. */
export class InsufficientCapacityError extends ReconcileError {
  readonly hasAlternative: boolean;

  constructor(message: string, options?: CapacityErrorOptions) {
    super(
      message,
      'InsufficientCapacity',
      { kind: 'after', seconds: CAPACITY_RETRY_SECONDS },
      options,
    );
    this.hasAlternative = options?.hasAlternative ?? false;
  }
}

/** The account's limit is reached, for everything of the class. A definite refusal: nothing was launched. */
export class QuotaExceededError extends ReconcileError {
  constructor(message: string, options?: ReconcileErrorOptions) {
    super(message, 'QuotaExceeded', { kind: 'after', seconds: CAPACITY_RETRY_SECONDS }, options);
  }
}

/** An operator must fix credentials or permissions, for everything of the class. A definite refusal: nothing was launched. */
export class UnauthorizedError extends ReconcileError {
  constructor(message: string, options?: ReconcileErrorOptions) {
    super(message, 'Unauthorized', { kind: 'after', seconds: OPERATOR_RETRY_SECONDS }, options);
  }
}

/** The backend is not configured or cannot be reached; nothing was asked of it. */
export class BackendUnavailableError extends ReconcileError {
  constructor(message: string, options?: ReconcileErrorOptions) {
    super(message, 'BackendUnavailable', BACKOFF, options);
  }
}

/** Timeout, lost answer or 5xx: the call may have taken effect. Repeat the same launch token, never a new attempt. */
export class UnknownOutcomeError extends ReconcileError {
  constructor(message: string, options?: ReconcileErrorOptions) {
    super(message, 'LaunchInDoubt', BACKOFF, options);
  }
}

/** Cannot work until the spec is edited. A definite refusal: nothing was launched. */
export class TerminalError extends ReconcileError {
  constructor(message: string, options: ReconcileErrorOptions & { readonly reason: string }) {
    super(message, options.reason, { kind: 'drop' }, options);
  }
}

/** What a launch is made from could not be put together. A definite refusal: nothing was sent, and it may work later. */
export class PreparationError extends ReconcileError {
  constructor(message: string, options: ReconcileErrorOptions & { readonly reason: string }) {
    super(message, options.reason, BACKOFF, options);
  }
}

/** A newer epoch exists: this process is not the leader any more and must end. */
export class FencedError extends ReconcileError {
  constructor(message: string, options?: ReconcileErrorOptions) {
    super(message, 'Fenced', { kind: 'stop-process' }, options);
  }
}

/** PostgreSQL cannot be reached, or the connection was lost: what was written before `commit` was answered is in doubt. */
export class StoreUnavailableError extends ReconcileError {
  constructor(message: string, options?: ReconcileErrorOptions) {
    super(message, 'StoreUnavailable', BACKOFF, options);
  }
}

/** The disk of PostgreSQL is full. Nothing was written; it goes on by itself once there is room. */
export class StoreFullError extends ReconcileError {
  constructor(message: string, options?: ReconcileErrorOptions) {
    super(message, 'StoreFull', { kind: 'after', seconds: CAPACITY_RETRY_SECONDS }, options);
  }
}

/** True for the errors after which it is certain that the launch call had no effect and never will. */
export function isDefiniteRefusal(error: unknown): error is ReconcileError {
  return (
    error instanceof InsufficientCapacityError ||
    error instanceof QuotaExceededError ||
    error instanceof UnauthorizedError ||
    error instanceof TerminalError ||
    error instanceof PreparationError
  );
}

/** For `catch` where something that is gone already is what was asked for; throws every other error again. */
export function ignoreNotFound(error: unknown): void {
  if (!(error instanceof NotFoundError)) {
    throw error;
  }
}
