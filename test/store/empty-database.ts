import { randomBytes } from 'node:crypto';
import { openDb, type Db } from '../../store/db.ts';
import { dropDatabase, runAsAdmin } from '../support/start-test-server.ts';
import { awaitTestServer, urlOf } from '../support/test-server.ts';

export interface EmptyDatabase extends AsyncDisposable {
  readonly db: Db;
  /** Another pool on it, as another process would have. */
  open(): Db;
}

/** A database without any table. */
export async function createEmptyDatabase(): Promise<EmptyDatabase> {
  const { adminUrl } = await awaitTestServer();
  const name = `treeline_empty_${randomBytes(6).toString('hex')}`;
  await runAsAdmin(adminUrl, `create database ${name}`);
  const pools: Db[] = [];
  const open = (): Db => {
    const db = openDb({
      connection: urlOf(adminUrl, name),
      maxConnections: 2,
      applicationName: 'treeline-test',
      onConnectionError: () => undefined,
    });
    pools.push(db);
    return db;
  };
  return {
    db: open(),
    open,
    async [Symbol.asyncDispose]() {
      await Promise.all(pools.map((pool) => pool.destroy()));
      await dropDatabase(adminUrl, name);
    },
  };
}
