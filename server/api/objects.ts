import { CLUSTER_SCOPE } from '../../api/objects.ts';
import { apiObjectSchema, listQuerySchema, objectListSchema } from '../contract.ts';
import { etagOf } from '../etag.ts';
import type { ServerOptions } from '../options.ts';
import {
  nameParameter,
  namespaceParameter,
  pathParameters,
  type ApiServer,
} from '../route-schema.ts';
import { getApiObject, listApiObjects, listCollections, type Collection } from './kinds.ts';

/** Reading declared objects: lists and single ones of every kind. */
export function registerObjects(server: ApiServer, options: ServerOptions): void {
  for (const collection of listCollections()) {
    registerList(server, options, collection);
    if (collection.isNamespaced) {
      registerNamespaced(server, options, collection);
    } else {
      registerClusterScoped(server, options, collection);
    }
  }
}

function registerList(server: ApiServer, { db }: ServerOptions, { kind, plural }: Collection) {
  server.get(
    `/api/v1/${plural}`,
    {
      schema: {
        tags: [plural],
        operationId: `listAll_${plural}`,
        summary: `Every ${kind}`,
        querystring: listQuerySchema,
        response: { 200: objectListSchema },
      },
    },
    async ({ query }) => await listApiObjects(db, kind, undefined, query),
  );
}

function registerNamespaced(server: ApiServer, { db }: ServerOptions, collection: Collection) {
  const { kind, plural } = collection;
  server.get(
    `/api/v1/namespaces/:ns/${plural}`,
    {
      schema: {
        tags: [plural],
        operationId: `list_${plural}`,
        summary: `Every ${kind} of one namespace`,
        params: pathParameters(namespaceParameter),
        querystring: listQuerySchema,
        response: { 200: objectListSchema },
      },
    },
    async ({ params, query }) => await listApiObjects(db, kind, params.ns, query),
  );
  server.get(
    `/api/v1/namespaces/:ns/${plural}/:name`,
    {
      schema: {
        ...getSchema(collection),
        params: pathParameters({ ...namespaceParameter, ...nameParameter }),
      },
    },
    async ({ params }, reply) => {
      const found = await getApiObject(db, kind, params.ns, params.name);
      return await reply.header('etag', etagOf(found.metadata.generation)).send(found);
    },
  );
}

function registerClusterScoped(server: ApiServer, { db }: ServerOptions, collection: Collection) {
  const { kind, plural } = collection;
  server.get(
    `/api/v1/${plural}/:name`,
    { schema: { ...getSchema(collection), params: pathParameters(nameParameter) } },
    async ({ params }, reply) => {
      const found = await getApiObject(db, kind, CLUSTER_SCOPE, params.name);
      return await reply.header('etag', etagOf(found.metadata.generation)).send(found);
    },
  );
}

function getSchema({ kind, plural }: Collection) {
  return {
    tags: [plural],
    operationId: `get_${plural}`,
    summary: `One ${kind}; the ETag is its generation`,
    response: { 200: apiObjectSchema },
  };
}
