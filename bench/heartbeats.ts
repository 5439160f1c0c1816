import { sql } from 'kysely';
import type { Db } from '../store/db.ts';
import type { BeatOrder, BeatResult } from './support/beat.ts';
import { printTable } from './support/numbers.ts';
import { Program } from './support/program.ts';
import type { Usage } from './support/serve.ts';
import { declareTree, openBenchDatabase } from './support/world.ts';

const AGENTS = 10_000;
const SECONDS = 30;

await using database = await openBenchDatabase();
const { db } = database;
await declareTree(db, AGENTS);
await launchAll(db);
const uids = (await db.selectFrom('workspaces').select('uid').execute()).map(({ uid }) => uid);

const server = new Program('serve.ts', JSON.stringify(database.connection));
const agents = new Program('beat.ts');
const order: BeatOrder = { port: await server.next<number>(), uids, seconds: SECONDS };
const empty = await usageOf(server);
agents.send(order);
agents.end();
await agents.next(); // All are registered.
await sql`create table bench_before as select uid, xmin::text as version from workspaces`.execute(
  db,
);
const before = await usageOf(server);
const result = await agents.next<BeatResult>();
const after = await usageOf(server);
server.end();
const { rows } = await sql<{ written: number }>`
  select count(*)::int as written from workspaces w join bench_before b using (uid)
   where w.xmin::text <> b.version`.execute(db);

const cpuPercent = ((after.cpuSeconds - before.cpuSeconds) / SECONDS) * 100;
printTable(
  `${AGENTS} agents, one heartbeat per 30 s each, for ${SECONDS} s, each on its own connection`,
  [
    { measure: 'answered', measured: result.answered, target: String(AGENTS) },
    { measure: 'not answered with 200', measured: result.refused, target: '0' },
    { measure: 'p50 ms', measured: result.p50Ms, target: '-' },
    { measure: 'p99 ms', measured: result.p99Ms, target: '≤ 20' },
    { measure: 'max ms', measured: result.maxMs, target: '-' },
    { measure: 'CPU of the server, % of a core', measured: cpuPercent, target: '≤ 25' },
    { measure: 'rows written to workspaces', measured: rows[0]?.written ?? NaN, target: '0' },
    { measure: 'RSS of the server MiB, no agent', measured: empty.rssMiB, target: '-' },
    { measure: 'all registered', measured: before.rssMiB, target: '-' },
    { measure: 'at the end', measured: after.rssMiB, target: '≤ 300' },
  ],
);

async function usageOf(program: Program): Promise<Usage> {
  program.send('usage');
  return await program.next<Usage>();
}

/** An open attempt and a token for every workspace. */
async function launchAll(to: Db): Promise<void> {
  await sql`
    insert into launches (workspace_uid, attempt, namespace, name, class_name, backend, token, params,
                          inputs_hash, config_hash, state)
    select uid, 1, namespace, name, 'local', 'process', uid, '{}', 'inputs', spec_hash, 'launched'
      from workspaces`.execute(to);
  await sql`
    insert into credentials (token_hash, workspace_uid, attempt, inbound_secret)
    select encode(sha256(convert_to('token-' || uid, 'UTF8')), 'hex'), uid, 1, 'sealed'
      from workspaces`.execute(to);
}
