import { Client } from 'pg';
import { errorCode } from '../../lib/error-code.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/** How to reach the server; `host` is the folder of its socket. */
export interface EmbeddedConnection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** A ready server answers in milliseconds; a machine that swaps may need seconds. */
const CONNECT_TIMEOUT_MILLISECONDS = 10_000;

/** `invalid_password` in PostgreSQL's appendix A. */
const INVALID_PASSWORD = '28P01';

/** Throws `EmbeddedPostgresError` when the server does not take the password or does not answer. */
export async function checkConnection(
  connection: EmbeddedConnection,
  folder: string,
): Promise<void> {
  const client = new Client({
    ...connection,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MILLISECONDS,
  });
  // A connection that breaks later than the failure below is of no interest.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
  } catch (cause) {
    throw toError(cause, folder);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function toError(cause: unknown, folder: string): EmbeddedPostgresError {
  return errorCode(cause) === INVALID_PASSWORD
    ? new EmbeddedPostgresError(
        `${folder}/password is not the password of ${folder}/data`,
        'put the file back that belongs to the data',
        { cause },
      )
    : new EmbeddedPostgresError(
        `the server started but does not answer (${String(cause)})`,
        `look into ${folder}/postgres.log`,
        { cause },
      );
}
