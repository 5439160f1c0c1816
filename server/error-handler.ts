import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { NotFoundError, ReconcileError } from '../lib/errors.ts';
import { InUseError } from '../store/delete-object.ts';
import { OwnedBySourceError } from '../store/ownership.ts';
import type { ProblemDocument } from './contract.ts';
import type { ServerLog } from './options.ts';
import { Problem, type ProblemReason } from './problem.ts';

/** Seconds after which asking again makes sense: an embedded PostgreSQL is back in under one (dependencies.md, c). */
const RETRY_AFTER_SECONDS = 2;

/** The one place where errors become answers: RFC 9457, never a stack and never SQL. */
export function errorHandler(log: ServerLog) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const problem = toProblem(error);
    if (problem.isFault) {
      log.error(
        { error, method: request.method, route: request.routeOptions.url },
        'request failed',
      );
    }
    return sendProblem(reply, problem);
  };
}

/** Answers an URL that no route has. */
export function notFoundHandler(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const detail = `${request.method} ${request.url.replace(/\?.*$/s, '')} is no route of this API; see /openapi.json`;
  return sendProblem(reply, new Problem(404, 'NoSuchRoute', detail));
}

function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply
    .status(problem.status)
    .headers(problem.headers)
    .type('application/problem+json')
    .send(JSON.stringify(toDocument(problem)));
}

function toDocument({ status, reason, message, extensions }: Problem): ProblemDocument {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: message,
    reason,
    ...extensions,
  };
}

function toProblem(error: FastifyError): Problem {
  if (error instanceof Problem) {
    return error;
  }
  return (
    fromFastify(error) ??
    fromTaxonomy(error) ??
    new Problem(500, 'InternalError', 'the server failed; its log says why', { cause: error })
  );
}

const REASON_BY_STATUS: Readonly<Record<number, ProblemReason>> = {
  413: 'PayloadTooLarge',
  415: 'UnsupportedMediaType',
};

/** Refusals by the framework: body too large, not JSON, wrong content type, bad URL encoding. */
function fromFastify(error: FastifyError): Problem | undefined {
  const { statusCode } = error;
  if (statusCode === undefined || statusCode < 400 || statusCode >= 500) {
    return undefined;
  }
  const reason = REASON_BY_STATUS[statusCode] ?? 'InvalidRequest';
  return new Problem(statusCode, reason, error.message, { cause: error });
}

/** Answers to errors of `lib/errors.ts`, by class name. Their messages are for the log: they may name hosts and folders. */
const ANSWER_BY_ERROR: Readonly<Record<string, readonly [number, ProblemReason, string]>> = {
  ConflictError: [409, 'Conflict', 'somebody else changed the same at the same time; try again'],
  BackendUnavailableError: [503, 'BackendUnavailable', 'the backend cannot be reached'],
  ThrottledError: [503, 'BackendUnavailable', 'the backend asks to slow down'],
  UnknownOutcomeError: [503, 'BackendUnavailable', 'the backend did not answer'],
  UnauthorizedError: [503, 'BackendUnavailable', 'the controller has no access; see its log'],
  StoreUnavailableError: [503, 'DatabaseUnavailable', 'the database cannot be reached; try again'],
  StoreFullError: [507, 'DatabaseFull', 'the disk of the database is full'],
};

function fromTaxonomy(error: Error): Problem | undefined {
  return fromOwnership(error) ?? fromNotFound(error) ?? fromTable(error);
}

function fromOwnership(error: Error): Problem | undefined {
  if (error instanceof OwnedBySourceError) {
    const { set, origin: file } = error;
    const extensions = { set, ...(file !== undefined && { file }) };
    return new Problem(409, 'OwnedBySource', error.message, { cause: error, extensions });
  }
  if (error instanceof InUseError) {
    return new Problem(409, 'InUse', error.message, {
      cause: error,
      extensions: { users: [...error.users] },
    });
  }
  return undefined;
}

/** The store says that an object does not exist, a backend that an instance does not. */
function fromNotFound(error: Error): Problem | undefined {
  if (!(error instanceof NotFoundError)) {
    return undefined;
  }
  return error.reason === 'NotFound'
    ? new Problem(404, 'NotFound', error.message, { cause: error })
    : new Problem(404, 'NoInstance', 'the workspace has no instance', { cause: error });
}

function fromTable(error: Error): Problem | undefined {
  const answer = error instanceof ReconcileError ? ANSWER_BY_ERROR[error.name] : undefined;
  if (answer === undefined) {
    return undefined;
  }
  const [status, reason, detail] = answer;
  const headers = status === 503 ? { 'retry-after': String(RETRY_AFTER_SECONDS) } : {};
  return new Problem(status, reason, detail, { cause: error, headers });
}
