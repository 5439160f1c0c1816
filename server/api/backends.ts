import { backendListSchema } from '../contract-operations.ts';
import type { ServerOptions } from '../options.ts';
import type { ApiServer } from '../route-schema.ts';

/** How the configured backends are. */
export function registerBackends(server: ApiServer, { listBackends }: ServerOptions): void {
  server.get(
    '/api/v1/backends',
    {
      schema: {
        tags: ['backends'],
        operationId: 'listBackends',
        summary: 'Every configured backend, and whether it can be used',
        response: { 200: backendListSchema },
      },
    },
    () => ({ items: listBackends() }),
  );
}
