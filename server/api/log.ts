import { DEFAULT_TAIL, logQuerySchema } from '../contract-operations.ts';
import type { ServerOptions } from '../options.ts';
import { Problem } from '../problem.ts';
import {
  nameParameter,
  namespaceParameter,
  pathParameters,
  textAnswer,
  type ApiServer,
} from '../route-schema.ts';
import type { Streams } from '../streams.ts';
import { getWorkspace } from './get-workspace.ts';

const TEXT = 'text/plain; charset=utf-8';

/** What an agent wrote, as its backend keeps it. */
export function registerLog(server: ApiServer, options: ServerOptions, streams: Streams): void {
  const { db, readLog, followLog } = options;
  server.get(
    '/api/v1/namespaces/:ns/workspaces/:name/log',
    {
      exposeHeadRoute: false,
      schema: {
        tags: ['workspaces'],
        operationId: 'readLog',
        summary: 'The last lines of the log; with follow=true what is added, without an end',
        params: pathParameters({ ...namespaceParameter, ...nameParameter }),
        querystring: logQuerySchema,
        response: { 200: textAnswer('Lines as the agent wrote them.') },
      },
    },
    async ({ params, query: { tail = DEFAULT_TAIL, follow = false } }, reply) => {
      const { uid } = await getWorkspace(db, params);
      // Typed before it is sent, so that a browser shows an agent's words and never runs them.
      const answer = reply.type(TEXT).header('x-content-type-options', 'nosniff');
      if (!follow) {
        return await answer.send(await readLog(uid, tail));
      }
      if (followLog === undefined) {
        throw new Problem(501, 'FollowNotSupported', 'this server cannot follow logs');
      }
      // A silent log is no dead connection.
      reply.raw.socket?.setTimeout(0);
      return await answer.send(streams.open(reply, (signal) => followLog(uid, tail, signal)));
    },
  );
}
