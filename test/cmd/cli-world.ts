import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from '../../lib/clock.ts';
import { NotFoundError } from '../../lib/errors.ts';
import { postJson } from '../../lib/post-json.ts';
import type { WorkspaceStatus } from '../../api/conditions.ts';
import type { ServerOptions } from '../../server/options.ts';
import type { ApiServer } from '../../server/route-schema.ts';
import { createServer } from '../../server/server.ts';
import { insertActivity } from '../../store/activity.ts';
import { inTransaction, type Db } from '../../store/db.ts';
import type { WorkspaceRequests } from '../../store/workspace-facts.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { runCli, type CliOptions, type CliResult } from './run-cli.ts';
import { condition, workspaceObject } from './workspaces.ts';

/** The real API on a real database, a folder for manifests, and the command line that talks to them. */
export class CliWorld implements AsyncDisposable {
  readonly database: TestDatabase;
  readonly listener: ApiServer;
  readonly folder: string;
  readonly server: string;

  private constructor(
    database: TestDatabase,
    listener: ApiServer,
    { folder, server }: { readonly folder: string; readonly server: string },
  ) {
    this.database = database;
    this.listener = listener;
    this.folder = folder;
    this.server = server;
  }

  static async start(overrides: Partial<ServerOptions> = {}): Promise<CliWorld> {
    const database = await createTestDatabase();
    const listener = createServer({ ...serverOptions(database.db), ...overrides });
    const folder = await mkdtemp(join(tmpdir(), 'treeline-cli-'));
    const server = await listener.listen({ host: '127.0.0.1', port: 0 });
    return new CliWorld(database, listener, { folder, server });
  }

  get db(): Db {
    return this.database.db;
  }

  /** With a team of which one is up and one fails; the others nobody has looked at. */
  static async startWithTeam(): Promise<CliWorld> {
    const world = await CliWorld.start({
      readLog: (_uid, tail) => Promise.resolve(`last ${tail} lines\nof the log`),
    });
    await world.declareTeam();
    await world.setStatus('director', {
      url: 'http://127.0.0.1:20001',
      backend: { type: 'process', id: 'i-1', launchedAt: '2026-01-01T00:00:00Z', attempt: 1 },
      children: { total: 2, ready: 1 },
    });
    await world.setStatus('writing', {
      phase: 'Failed',
      conditions: [
        condition('Ready', 'False', 'CrashLoopBackOff', 'exited with code 3'),
        condition('Provisioned', 'False', 'CrashLoopBackOff', 'exited with code 3'),
      ],
    });
    return world;
  }

  run(argv: string, options: CliOptions = {}): Promise<CliResult> {
    const words = argv.split(' ').filter((word) => word !== '');
    return runCli(words, { server: this.server, workingDirectory: this.folder, ...options });
  }

  async write(path: string, text: string): Promise<void> {
    const file = join(this.folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  /** A director, two below it, and one below one of these; as `treeline apply` declares them. */
  async declareTeam(): Promise<void> {
    await this.write('team.yaml', TEAM);
    await this.run('apply -f team.yaml');
  }

  /** What the reconciler would have written. */
  async setStatus(name: string, status: Partial<WorkspaceStatus>): Promise<void> {
    const whole = { ...workspaceObject().status, ...status } as WorkspaceStatus;
    const ready = whole.conditions.some(
      ({ type, status: is }) => type === 'Ready' && is === 'True',
    );
    await this.db
      .updateTable('workspaces')
      .set({
        status: JSON.stringify(whole),
        status_hash: JSON.stringify(whole).slice(-60),
        phase: whole.phase,
        observed_generation: whole.observedGeneration,
        ready,
        updated_at: new Date(),
      })
      .where('name', '=', name)
      .execute();
  }

  /** Hands the record over to a folder. */
  async giveToFolder(name: string, origin: string): Promise<void> {
    await this.db
      .updateTable('workspaces')
      .set({ apply_set: 'directory', origin })
      .where('name', '=', name)
      .execute();
  }

  /** The record goes, as after its instance was seen gone. */
  async release(name: string): Promise<void> {
    await this.db.deleteFrom('workspaces').where('name', '=', name).execute();
  }

  /** The same, as soon as somebody has asked for its deletion. */
  async releaseWhenDeleted(name: string): Promise<void> {
    let released = 0n;
    while (released === 0n) {
      const { numDeletedRows } = await this.db
        .deleteFrom('workspaces')
        .where('name', '=', name)
        .where('deletion_requested_at', 'is not', null)
        .executeTakeFirstOrThrow();
      released = numDeletedRows;
    }
  }

  /** Until somebody has asked for it. */
  async untilRequested(name: string, request: keyof WorkspaceRequests): Promise<void> {
    let requests: WorkspaceRequests = {};
    while (requests[request] === undefined) {
      const row = await this.db
        .selectFrom('workspaces')
        .select('requests')
        .where('name', '=', name)
        .executeTakeFirstOrThrow();
      requests = row.requests;
    }
  }

  async record(entries: Parameters<typeof insertActivity>[1]): Promise<void> {
    await inTransaction(this.db, (tx) => insertActivity(tx, entries));
  }

  async namesLeft(): Promise<string[]> {
    const rows = await this.db
      .selectFrom('workspaces')
      .select('name')
      .where('deletion_requested_at', 'is', null)
      .orderBy('name')
      .execute();
    return rows.map(({ name }) => name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.listener.close();
    // `fetch` may hold a connection that it never used; the server would wait for its first request.
    this.listener.server.closeAllConnections();
    await closed;
    await this.database[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function serverOptions(db: Db): ServerOptions {
  return {
    db,
    installationId: 'installation-of-tests',
    authentication: 'tokens',
    allowWithoutToken: true,
    info: { version: '1.2.3' },
    listen: { host: '127.0.0.1', port: 7070 },
    clock: systemClock,
    randomBytes,
    log: { info: () => undefined, error: () => undefined },
    readLog: () => Promise.reject(new NotFoundError('reading a log: no instance')),
    sendMessage: ({ url, addresses }, message) => postJson(url, message, { addresses }),
    listBackends: () => [],
    readiness: () => ({ ready: true, problems: [] }),
    metricsText: () => Promise.resolve(''),
  };
}

/** Acts on what is printed: the next act follows when the output matches its pattern. */
export function inTurn(
  reactions: readonly (readonly [pattern: RegExp, act: () => unknown])[],
): (stdout: string) => void {
  const left = [...reactions];
  return (stdout) => {
    const [next] = left;
    if (next?.[0].test(stdout) === true) {
      left.shift();
      void next[1]();
    }
  };
}

export function manifest(name: string, spec = '{}', metadata = ''): string {
  return `apiVersion: treeline.dev/v1alpha1
kind: Workspace
metadata: { name: ${name}${metadata} }
spec: ${spec}
`;
}

const TEAM = [
  manifest('director', '{ displayName: The director }', ', labels: { team: design }'),
  manifest('research', '{ parentRef: { name: director }, collapsed: true }'),
  manifest('interviews', '{ parentRef: { name: research } }'),
  manifest('writing', '{ parentRef: { name: director } }', ', labels: { team: design }'),
].join('---\n');
