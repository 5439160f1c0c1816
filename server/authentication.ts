import type { FastifyRequest } from 'fastify';
import { sha256Hex } from '../lib/hash.ts';
import { findApiTokenByHash } from '../store/api-tokens.ts';
import type { ServerOptions } from './options.ts';
import { Problem } from './problem.ts';
import { assertRequestIsLocal } from './tokenless-guard.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers without a token: health, version, OpenAPI. */
    isPublic?: boolean;
    /** Has an authentication of its own (`server/registry/`): an operator's token means nothing here (lessons.md, P48). */
    isForAgents?: boolean;
  }
  interface FastifyRequest {
    /** Who asks, for audit columns: `token:NAME`, or `local` without a token. */
    operator: string;
  }
}

const READING_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The hook before every route. Throws a `Problem` with 401 or 403; otherwise `request.operator` says who asks. */
export function authenticate(options: ServerOptions) {
  return async (request: FastifyRequest): Promise<void> => {
    const { isPublic, isForAgents } = request.routeOptions.config;
    if (isPublic === true || isForAgents === true) {
      return;
    }
    request.operator =
      request.headers.authorization === undefined || options.authentication === 'none'
        ? localOperator(request, options)
        : await tokenHolder(request, request.headers.authorization, options);
  };
}

function localOperator(request: FastifyRequest, options: ServerOptions): string {
  if (options.authentication === 'tokens' && !options.allowWithoutToken) {
    throw unauthenticated('Unauthenticated', 'send a token: Authorization: Bearer …');
  }
  assertRequestIsLocal(request.headers, options.listen);
  return 'local';
}

async function tokenHolder(
  { method }: FastifyRequest,
  authorization: string,
  { db }: ServerOptions,
): Promise<string> {
  const token = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization)?.[1];
  const found = token === undefined ? undefined : await findApiTokenByHash(db, sha256Hex(token));
  if (found === undefined) {
    throw unauthenticated('InvalidToken', 'this token does not exist or was revoked');
  }
  if (found.readOnly && !READING_METHODS.has(method)) {
    throw new Problem(403, 'ReadOnlyToken', `token ${found.name} may only read`);
  }
  return `token:${found.name}`;
}

function unauthenticated(reason: 'Unauthenticated' | 'InvalidToken', detail: string): Problem {
  const challenge = `Bearer realm="treeline"${reason === 'InvalidToken' ? ', error="invalid_token"' : ''}`;
  return new Problem(401, reason, detail, { headers: { 'www-authenticate': challenge } });
}
