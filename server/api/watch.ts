import { watchQuerySchema } from '../contract-operations.ts';
import type { ServerOptions } from '../options.ts';
import { lineContent, type ApiServer } from '../route-schema.ts';
import type { Streams } from '../streams.ts';
import { WorkspaceWatcher } from '../workspace-watcher.ts';

/** Workspaces as they are and as they change. */
export function registerWatch(server: ApiServer, { db }: ServerOptions, streams: Streams): void {
  server.get(
    '/api/v1/watch/workspaces',
    {
      exposeHeadRoute: false,
      schema: {
        tags: ['workspaces'],
        operationId: 'watchWorkspaces',
        summary: 'ADDED for every workspace, BOOKMARK, then changes: one JSON object per line',
        querystring: watchQuerySchema,
        response: { 200: { description: 'A stream of events.', content: lineContent } },
      },
    },
    async ({ query }, reply) => {
      const watcher = new WorkspaceWatcher(db, query.namespace);
      const stream = streams.openPolled(reply, async () => {
        const { events, hasMore } = await watcher.next();
        return { lines: events.map((event) => JSON.stringify(event)), hasMore };
      });
      return await reply.type('application/x-ndjson').send(stream);
    },
  );
}
