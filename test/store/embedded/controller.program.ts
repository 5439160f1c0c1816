import { Client } from 'pg';
import { startEmbeddedPostgres } from '../../../store/embedded/embedded-postgres.ts';

// A controller to be killed: starts the server in the folder it is given, says `ready`, then inserts rows for ever and
// says `stored N` for each that was acknowledged. `refused MESSAGE` when it cannot start.
const [folder = '', lockWaitSeconds = '10'] = process.argv.slice(2);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  const { connection } = await startEmbeddedPostgres({
    folder,
    log: { info: () => undefined, warn: () => undefined },
    lockWaitSeconds: Number(lockWaitSeconds),
    isDurable: false,
  });
  say('ready');
  const client = new Client(connection);
  await client.connect();
  await client.query('create table if not exists rows (n bigint primary key)');
  for (;;) {
    const { rows } = await client.query<{ n: string }>(
      'insert into rows select coalesce(max(n), 0) + 1 from rows returning n',
    );
    say(`stored ${rows[0]?.n ?? ''}`);
  }
} catch (error) {
  say(`refused ${String(error)}`);
}
