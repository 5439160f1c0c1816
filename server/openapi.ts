import swagger from '@fastify/swagger';
import type { FastifySchema } from 'fastify';
import { problemSchema } from './contract.ts';
import type { ApiServer } from './route-schema.ts';

const PROBLEM_ANSWER = {
  description: 'What went wrong (RFC 9457).',
  content: { 'application/problem+json': { schema: problemSchema } },
};

/** Serves `/openapi.json`, made from the schemas of the routes. To be called before any route is registered. */
export function registerOpenApi(server: ApiServer, version: string): void {
  void server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Treeline',
        version,
        description: 'Trees of agent workspaces: what is declared, what runs, what was decided.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    },
    transform: ({ schema, url, route }) => ({
      url,
      schema: describeRoute(schema, route.config?.isPublic === true),
    }),
  });
  void server.register((scope: ApiServer, _options, done) => {
    scope.get(
      '/openapi.json',
      {
        config: { isPublic: true },
        schema: { operationId: 'getOpenApi', summary: 'This document', tags: ['health'] },
      },
      () => server.swagger(),
    );
    done();
  });
}

/** Every route may also answer a problem, and needs a token unless it is public. */
function describeRoute(schema: FastifySchema, isPublic: boolean): FastifySchema {
  return {
    ...schema,
    security: isPublic ? [] : [{ token: [] }],
    response: { ...(schema.response as object | undefined), default: PROBLEM_ANSWER },
  };
}
