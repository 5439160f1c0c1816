import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmbeddedPostgres } from '../../store/embedded/embedded-postgres.ts';
import { startEmbeddedPostgres } from '../../store/embedded/embedded-postgres.ts';
import { runAsAdmin, toUrl } from './start-test-server.ts';
import { urlOf } from './test-server.ts';

const SILENT = { info: () => undefined, warn: () => undefined };

/** A PostgreSQL server that one test may stop and start; controllers know it by a URL, as any other. */
export class OwnPostgres implements AsyncDisposable {
  readonly #folder: string;
  #server: EmbeddedPostgres;

  private constructor(folder: string, server: EmbeddedPostgres) {
    this.#folder = folder;
    this.#server = server;
  }

  static async create(): Promise<OwnPostgres> {
    const folder = await mkdtemp(join(tmpdir(), 'treeline-e2e-postgres-'));
    // Run by root the server has another user, who must get in.
    await chmod(folder, 0o755);
    return new OwnPostgres(folder, await startIn(folder));
  }

  /** Of a database that need not exist. */
  url(database: string): string {
    return urlOf(toUrl(this.#server.connection), database);
  }

  /** One statement as administrator; connected to no database of a test unless one is named. */
  async run(statement: string, database?: string): Promise<void> {
    const url = database === undefined ? toUrl(this.#server.connection) : this.url(database);
    await runAsAdmin(url, statement);
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }

  /** The same data at the same address. */
  async start(): Promise<void> {
    this.#server = await startIn(this.#folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function startIn(folder: string): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ folder: join(folder, 'postgres'), log: SILENT });
}
