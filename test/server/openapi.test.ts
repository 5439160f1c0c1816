import { describe, expect, it } from '@jest/globals';
import type { RouteOptions } from 'fastify';
import { TestApi } from './test-api.ts';

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, unknown>>;
  readonly security?: readonly unknown[];
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

async function readDocument(
  api: TestApi,
): Promise<{ readonly openapi: string; readonly paths: Paths }> {
  return (await api.get('/openapi.json')).body as {
    readonly openapi: string;
    readonly paths: Paths;
  };
}

function operationsOf(paths: Paths): readonly Operation[] {
  return Object.values(paths).flatMap((methods) => Object.values(methods));
}

describe('the OpenAPI document', () => {
  it('documents exactly the methods and paths that are registered', async () => {
    await using api = await TestApi.start();
    const registered: string[] = [];
    api.server.addHook('onRoute', ({ method, url }: RouteOptions) => {
      registered.push(...[method].flat().map((one) => `${one} ${url.replace(/:(\w+)/g, '{$1}')}`));
    });

    const { openapi, paths } = await readDocument(api);

    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(openapi).toBe('3.1.0');
    expect(documented.sort()).toEqual(
      registered.filter((route) => !route.startsWith('HEAD')).sort(),
    );
    expect(documented).toContain('PATCH /api/v1/namespaces/{ns}/workspaces/{name}');
  });

  it('names every operation once, and says what it is for', async () => {
    await using api = await TestApi.start();

    const operations = operationsOf((await readDocument(api)).paths);

    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(operations.filter(({ summary }) => summary === undefined)).toEqual([]);
  });

  it('says that every operation may answer a problem', async () => {
    await using api = await TestApi.start();

    const operations = operationsOf((await readDocument(api)).paths);

    expect(operations.filter(({ responses }) => !('default' in responses))).toEqual([]);
  });

  it('asks for a token everywhere but for health, version and itself', async () => {
    await using api = await TestApi.start();

    const { paths } = await readDocument(api);

    const open = Object.entries(paths)
      .filter(([, methods]) =>
        Object.values(methods).some(({ security }) => security?.length === 0),
      )
      .map(([path]) => path);
    expect(open.sort()).toEqual(['/healthz', '/openapi.json', '/readyz', '/version']);
  });

  it('lists the parameters of paths and queries', async () => {
    await using api = await TestApi.start();

    const { paths } = await readDocument(api);

    const list = paths['/api/v1/namespaces/{ns}/workspaces']?.['get'];
    expect(list?.parameters).toMatchObject([
      { in: 'query', name: 'limit' },
      { in: 'query', name: 'after' },
      { in: 'query', name: 'labelSelector' },
      { in: 'path', name: 'ns' },
    ]);
  });
});
