import { API_VERSION } from '../api/schema.ts';
import { readinessSchema, versionSchema } from './contract-operations.ts';
import type { ServerOptions } from './options.ts';
import { textAnswer, type ApiServer } from './route-schema.ts';

/** What probes and scrapers ask. All but the metrics answer without a token and without the database. */
export function registerHealth(server: ApiServer, options: ServerOptions): void {
  registerProbes(server, options);

  server.get(
    '/metrics',
    {
      schema: {
        tags: ['health'],
        operationId: 'getMetrics',
        summary: 'Metrics in the text format of Prometheus',
        response: { 200: textAnswer('Metrics.') },
      },
    },
    async (_request, reply) =>
      reply.type('text/plain; version=0.0.4; charset=utf-8').send(await options.metricsText()),
  );

  server.get(
    '/version',
    {
      config: { isPublic: true },
      schema: {
        tags: ['health'],
        operationId: 'getVersion',
        summary: 'Version of the controller',
        response: { 200: versionSchema },
      },
    },
    () => ({
      version: options.info.version,
      apiVersion: API_VERSION,
      installationId: options.installationId,
    }),
  );
}

function registerProbes(server: ApiServer, { readiness }: ServerOptions): void {
  server.get(
    '/healthz',
    {
      config: { isPublic: true },
      schema: {
        tags: ['health'],
        operationId: 'getHealth',
        summary: 'The process answers',
        response: { 200: textAnswer('ok') },
      },
    },
    (_request, reply) => reply.type('text/plain; charset=utf-8').send('ok\n'),
  );

  server.get(
    '/readyz',
    {
      config: { isPublic: true },
      schema: {
        tags: ['health'],
        operationId: 'getReadiness',
        summary: 'Whether the controller does its work; 503 with the problems when it does not',
        response: { 200: readinessSchema, 503: readinessSchema },
      },
    },
    (_request, reply) => {
      const state = readiness();
      return reply.status(state.ready ? 200 : 503).send(state);
    },
  );
}
