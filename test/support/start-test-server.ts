import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { MIGRATIONS } from '../../migrations/migrations.ts';
import type { EmbeddedConnection } from '../../store/embedded/check-connection.ts';
import { startEmbeddedPostgres } from '../../store/embedded/embedded-postgres.ts';
import { openDb } from '../../store/db.ts';
import { migrate } from '../../store/migrator.ts';
import type { TestServer } from './test-server.ts';
import { urlOf } from './test-server.ts';

/** A server with a migrated template, and how to give it back. */
export interface RunningTestServer {
  readonly server: TestServer;
  stop(): Promise<void>;
}

const SILENT = { info: () => undefined, warn: () => undefined };

/** Uses the server at `givenUrl`, or starts an embedded one in `folder`. */
export async function startTestServer(
  folder: string,
  givenUrl: string | undefined,
): Promise<RunningTestServer> {
  if (givenUrl !== undefined) {
    const server = await makeTemplate(givenUrl);
    return { server, stop: () => dropDatabase(givenUrl, server.template) };
  }
  const embedded = await startEmbeddedPostgres({
    folder: join(folder, 'postgres'),
    log: SILENT,
    isDurable: false,
  });
  try {
    const server = await makeTemplate(toUrl(embedded.connection));
    return { server, stop: () => embedded.stop() };
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}

async function makeTemplate(adminUrl: string): Promise<TestServer> {
  const template = `treeline_template_${randomBytes(6).toString('hex')}`;
  await runAsAdmin(adminUrl, `create database ${template}`);
  const db = openDb({
    connection: urlOf(adminUrl, template),
    maxConnections: 1,
    applicationName: 'treeline-test-template',
    onConnectionError: () => undefined,
  });
  await migrate(db, { migrations: MIGRATIONS, binaryVersion: 'test' });
  await db.destroy();
  return { adminUrl, template };
}

/** Ends the connections that are left. */
export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  await runAsAdmin(adminUrl, `drop database if exists ${name} with (force)`);
}

/** Runs one statement over a connection of its own. */
export async function runAsAdmin(adminUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The address of an embedded server as one string. */
export function toUrl({ host, port, user, password, database }: EmbeddedConnection): string {
  const socket = encodeURIComponent(host);
  return `postgres://${user}:${password}@localhost:${port}/${database}?host=${socket}`;
}
