import { renderingSchema } from '../../api/rendering.ts';
import type { ServerOptions } from '../options.ts';
import { Problem, notFound } from '../problem.ts';
import {
  nameParameter,
  namespaceParameter,
  pathParameters,
  type ApiServer,
} from '../route-schema.ts';

/** What a launch would deliver now, with every secret value masked. */
export function registerRender(server: ApiServer, { renderWorkspace }: ServerOptions): void {
  server.get(
    '/api/v1/namespaces/:ns/workspaces/:name/render',
    {
      schema: {
        tags: ['workspaces'],
        operationId: 'renderWorkspace',
        summary:
          'What a launch would deliver now; secret values are masked, what is missing is listed',
        params: pathParameters({ ...namespaceParameter, ...nameParameter }),
        response: { 200: renderingSchema },
      },
    },
    async ({ params: { ns, name } }) => {
      if (renderWorkspace === undefined) {
        throw new Problem(501, 'RenderNotSupported', 'this server cannot render workspaces');
      }
      const rendering = await renderWorkspace(ns, name);
      if (rendering === undefined) {
        throw notFound(`Workspace ${ns}/${name}`);
      }
      return rendering;
    },
  );
}
