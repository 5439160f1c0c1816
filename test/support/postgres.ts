import { randomBytes } from 'node:crypto';
import type { Db } from '../../store/db.ts';
import { openDb } from '../../store/db.ts';
import { dropDatabase, runAsAdmin } from './start-test-server.ts';
import { awaitTestServer, urlOf } from './test-server.ts';

/** A test file runs a few statements at once, and two files run at once on a server that takes 100 connections. */
const MAX_CONNECTIONS = 10;

/** An empty, migrated database of one test's own; it is dropped, connected or not, when it is disposed of. */
export interface TestDatabase extends AsyncDisposable {
  readonly db: Db;
  /** For another process or another pool. */
  readonly connectionString: string;
  readonly name: string;
}

/** Use it with `await using`, or dispose of it in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { adminUrl, template } = await awaitTestServer();
  const name = `treeline_test_${randomBytes(6).toString('hex')}`;
  await runAsAdmin(adminUrl, `create database ${name} template ${template}`);
  const connectionString = urlOf(adminUrl, name);
  const db = openDb({
    connection: connectionString,
    maxConnections: MAX_CONNECTIONS,
    applicationName: 'treeline-test',
    // Tests that end connections see it in their next query.
    onConnectionError: () => undefined,
  });
  return {
    db,
    connectionString,
    name,
    async [Symbol.asyncDispose]() {
      await db.destroy();
      await dropDatabase(adminUrl, name);
    },
  };
}
