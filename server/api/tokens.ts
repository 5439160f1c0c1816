import {
  API_TOKEN_BYTES,
  createApiToken,
  listApiTokens,
  revokeApiToken,
  toApiToken,
  type ApiTokenRecord,
} from '../../store/api-tokens.ts';
import { Type } from 'typebox';
import {
  createdTokenSchema,
  tokenListSchema,
  tokenRequestSchema,
  type ApiToken,
} from '../contract-operations.ts';
import type { ServerOptions } from '../options.ts';
import { notFound } from '../problem.ts';
import { pathParameters, type ApiServer } from '../route-schema.ts';

/** Names a token in URLs; 64 bits never meet twice in one installation. */
const ID_BYTES = 8;

/** Operators' tokens: made, listed, revoked. */
export function registerTokens(server: ApiServer, options: ServerOptions): void {
  registerCreate(server, options);

  server.get(
    '/api/v1/tokens',
    {
      schema: {
        tags: ['tokens'],
        operationId: 'listTokens',
        summary: 'Every token, also revoked ones; never the secrets',
        response: { 200: tokenListSchema },
      },
    },
    async () => ({ items: (await listApiTokens(options.db)).map(toToken) }),
  );

  server.delete(
    '/api/v1/tokens/:id',
    {
      schema: {
        tags: ['tokens'],
        operationId: 'revokeToken',
        summary: 'Refuse this token from now on',
        params: pathParameters({ id: Type.String({ maxLength: 100 }) }),
        response: { 204: { type: 'null', description: 'Revoked.' } },
      },
    },
    async ({ params: { id }, operator }, reply) => {
      if (!(await revokeApiToken(options.db, id))) {
        throw notFound(`token ${id}`);
      }
      options.log.info({ id, operator }, 'revoked token');
      return await reply.status(204).send();
    },
  );
}

function registerCreate(server: ApiServer, { db, randomBytes, log }: ServerOptions): void {
  server.post(
    '/api/v1/tokens',
    {
      schema: {
        tags: ['tokens'],
        operationId: 'createToken',
        summary: 'Make a token; the answer is the only place where it can be read',
        body: tokenRequestSchema,
        response: { 201: createdTokenSchema },
      },
    },
    async ({ body: { name, readOnly = false }, operator }, reply) => {
      const id = Buffer.from(randomBytes(ID_BYTES)).toString('hex');
      const token = toApiToken(randomBytes(API_TOKEN_BYTES));
      const record = await createApiToken(db, { id, name, token, readOnly });
      log.info({ id, name, readOnly, operator }, 'created token');
      return await reply.status(201).send({ ...toToken(record), token });
    },
  );
}

function toToken({ createdAt, revokedAt, ...record }: ApiTokenRecord): ApiToken {
  return {
    ...record,
    createdAt: createdAt.toISOString(),
    ...(revokedAt && { revokedAt: revokedAt.toISOString() }),
  };
}
