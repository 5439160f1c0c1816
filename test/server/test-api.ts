import { afterAll, beforeAll } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { FastifyRequest, InjectOptions } from 'fastify';
import { Compile } from 'typebox/compile';
import { sql } from 'kysely';
import type { TSchema } from 'typebox';
import type { Declaration } from '../../api/objects.ts';
import { validateDeclaration } from '../../api/validate.ts';
import { systemClock } from '../../lib/clock.ts';
import { NotFoundError } from '../../lib/errors.ts';
import { postJson } from '../../lib/post-json.ts';
import {
  problemSchema,
  type ApplyAnswer,
  type ListOf,
  type ProblemDocument,
  type WorkspaceObject,
} from '../../server/contract.ts';
import type { ServerOptions } from '../../server/options.ts';
import type { ApiServer } from '../../server/route-schema.ts';
import { createServer } from '../../server/server.ts';
import { applySet } from '../../store/apply-set.ts';
import { inTransaction, type Db } from '../../store/db.ts';
import { acquireEpoch } from '../../store/epoch.ts';
import { fenced, type FencedTransaction } from '../../store/fencing.ts';
import { CapturedLog } from '../support/captured-log.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

/** An answer of the API, read as JSON where it is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  /** The body again, as what a test expects it to be; its shape is checked against the contract when it is sent. */
  readonly problem: ProblemDocument;
  readonly object: WorkspaceObject;
  readonly list: ListOf<WorkspaceObject>;
  readonly applied: ApplyAnswer;
  readonly text: string;
}

const INSTALLATION_ID = 'installation-of-tests';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'HEAD' | 'PUT';

// Emptying a database is several times as fast as making another one, and a file has dozens of tests.
const emptied: TestDatabase[] = [];
afterAll(async () => {
  await Promise.all(emptied.map((database) => database[Symbol.asyncDispose]()));
});

async function emptyTables(db: Db): Promise<void> {
  const { rows } = await sql<{ readonly list: string }>`
    select string_agg(quote_ident(tablename), ', ') as list from pg_tables
     where schemaname = 'public' and tablename <> 'treeline_schema'`.execute(db);
  await sql`truncate ${sql.raw(rows[0]?.list ?? '')} restart identity cascade`.execute(db);
}

/** The API on a database of its own, asked without a network unless a test listens. */
export class TestApi implements AsyncDisposable {
  readonly server: ApiServer;
  readonly captured: CapturedLog;
  readonly #database: TestDatabase;

  private constructor(database: TestDatabase, overrides: Partial<ServerOptions>) {
    this.#database = database;
    this.captured = new CapturedLog();
    this.server = createServer({
      ...defaultOptions(database.db, this.captured),
      ...overrides,
    });
    this.server.addHook('onSend', assertMatchesContract);
  }

  static async start(overrides: Partial<ServerOptions> = {}): Promise<TestApi> {
    return new TestApi(emptied.pop() ?? (await createTestDatabase()), overrides);
  }

  get db(): Db {
    return this.#database.db;
  }

  async get(url: string): Promise<Answer> {
    return await this.call({ method: 'GET', url });
  }

  async send(method: Method, url: string, body?: object): Promise<Answer> {
    return await this.call({ method, url, ...(body && { payload: body }) });
  }

  async call(request: InjectOptions & { readonly method: Method }): Promise<Answer> {
    const { statusCode, headers, payload } = await this.server.inject(request);
    const isJson = String(headers['content-type']).includes('json') && payload !== '';
    const body: unknown = isJson ? JSON.parse(payload) : undefined;
    return {
      status: statusCode,
      headers,
      text: payload,
      body,
      problem: body as ProblemDocument,
      object: body as WorkspaceObject,
      list: body as ListOf<WorkspaceObject>,
      applied: body as ApplyAnswer,
    };
  }

  /** Declares documents in the set `cli`, unless `options` say otherwise. */
  async apply(documents: readonly object[], options: object = {}): Promise<Answer> {
    return await this.send('POST', '/api/v1/apply', { documents, ...options });
  }

  /** Writes as the leader does. */
  async lead(work: (tx: FencedTransaction) => Promise<void>): Promise<void> {
    const leadership = await acquireEpoch(this.db, 'test', 0);
    await fenced(this.db, leadership ?? { epoch: -1, holder: '' }, work);
  }

  /** Declares as the folder does. */
  async applyAs(applySetName: string, documents: readonly object[]): Promise<void> {
    const declarations = documents.map((document, index) => ({
      ...(validateDeclaration(document) as { readonly declaration: Declaration }).declaration,
      origin: `team.yaml:${index + 1}`,
    }));
    await inTransaction(this.db, (tx) =>
      applySet(tx, {
        installationId: INSTALLATION_ID,
        applySet: applySetName,
        declarations,
        prune: 'none',
        dryRun: false,
      }),
    );
  }

  /** Listens on a free port of loopback; answers the address. */
  async listen(): Promise<string> {
    return await this.server.listen({ host: '127.0.0.1', port: 0 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
    await emptyTables(this.db);
    emptied.push(this.#database);
  }
}

function defaultOptions(db: Db, captured: CapturedLog): ServerOptions {
  return {
    db,
    installationId: INSTALLATION_ID,
    authentication: 'tokens',
    allowWithoutToken: true,
    info: { version: '1.2.3' },
    listen: { host: '127.0.0.1', port: 7070 },
    clock: systemClock,
    randomBytes,
    log: captured.log,
    readLog: () => Promise.reject(new NotFoundError('reading a log: no instance')),
    sendMessage: ({ url, addresses }, message) => postJson(url, message, { addresses }),
    listBackends: () => [],
    readiness: () => ({ ready: true, problems: [] }),
    metricsText: () => Promise.resolve('# no metrics\n'),
  };
}

/** Fails an answer, with 500, that is not what the contract says of its route and status. */
async function assertMatchesContract(
  request: FastifyRequest,
  reply: { statusCode: number; getHeader(name: string): unknown },
  payload: unknown,
): Promise<unknown> {
  const schema = schemaOf(request, reply);
  if (schema !== undefined) {
    const validator = Compile(schema);
    const body: unknown = JSON.parse(String(payload));
    if (!validator.Check(body)) {
      const [first] = validator.Errors(body);
      throw new Error(`not what the contract says: ${JSON.stringify(first)}`);
    }
  }
  return await Promise.resolve(payload);
}

function schemaOf(
  request: FastifyRequest,
  reply: { statusCode: number; getHeader(name: string): unknown },
): TSchema | undefined {
  const type = String(reply.getHeader('content-type'));
  if (type.startsWith('application/problem+json')) {
    return problemSchema;
  }
  const answers = request.routeOptions.schema?.response as Record<string, unknown> | undefined;
  const answer = answers?.[String(reply.statusCode)] as
    (TSchema & { content?: Record<string, { schema: TSchema }> }) | undefined;
  return type.startsWith('application/json')
    ? (answer?.content?.['application/json']?.schema ?? answer)
    : undefined;
}

/** One API for all tests of a describe block that leave nothing behind that the others would see. */
export function shareApi(
  overrides: Partial<ServerOptions> = {},
  prepare: (api: TestApi) => Promise<void> = () => Promise.resolve(),
): () => TestApi {
  const shared: TestApi[] = [];
  beforeAll(async () => {
    const api = await TestApi.start(overrides);
    shared.push(api);
    await prepare(api);
  });
  afterAll(async () => {
    await Promise.all(shared.map((api) => api[Symbol.asyncDispose]()));
  });
  return () => {
    const [api] = shared;
    if (api === undefined) {
      throw new Error('the API is there from the first test on');
    }
    return api;
  };
}

/** A manifest of a workspace. */
export function workspace(name: string, spec: object = {}, metadata: object = {}): object {
  return {
    apiVersion: 'treeline.dev/v1alpha1',
    kind: 'Workspace',
    metadata: { name, ...metadata },
    spec,
  };
}

/** A manifest of a class that runs processes. */
export function workspaceClass(name: string, spec: object = {}, metadata: object = {}): object {
  return {
    apiVersion: 'treeline.dev/v1alpha1',
    kind: 'WorkspaceClass',
    metadata: { name, ...metadata },
    spec: {
      backend: 'process',
      process: { runtimes: { sample: { command: ['true'] } } },
      ...spec,
    },
  };
}
