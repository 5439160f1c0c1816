import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db } from '../store/db.ts';
import { countPhases } from '../store/settled-rows.ts';
import { eventuallyTrue } from '../test/support/eventually.ts';
import type { BeatOrder, BeatResult } from './support/beat.ts';
import type { AgentIdentity } from './support/beating-agent.ts';
import type { Usage } from './support/lead.ts';
import { build } from './support/build.ts';
import { printTable } from './support/numbers.ts';
import { Program } from './support/program.ts';
import { declareTree, openBenchDatabase, toUrl } from './support/world.ts';

const AGENTS = Number(process.argv[2] ?? 10_000);
const SECONDS = 30;

await using database = await openBenchDatabase();
const { db } = database;
const dataDir = await mkdtemp(join(tmpdir(), 'treeline-bench-'));
const controller = new Program(await build('lead.ts'), dataDir, toUrl(database.connection));
const agents = new Program('beat.ts');
const port = await controller.next<number>();
const empty = await usage();

await declareTree(db, AGENTS, 'Registered');
await until('all are launched', () => countLaunched(db));
const launched = await usage();
controller.send('identities');
const identities = await controller.next<readonly AgentIdentity[]>();
agents.send({ port, identities, seconds: SECONDS } satisfies BeatOrder);
await agents.next();
await until('all are Online', () => countOnline(db));
// What else the controller writes on that occasion is not written by heartbeats.
await setTimeout(5_000);
await sql`create table bench_before as
          select uid, xmin::text as version from workspaces`.execute(db);

const before = await usage();
agents.send('beat');
const result = await agents.next<BeatResult>();
const after = await usage();
agents.end();
controller.end();
const written = await sql<{ count: number }>`
  select count(*)::int as count from workspaces w join bench_before b using (uid)
   where w.xmin::text <> b.version`.execute(db);
await controller.ended;
await rm(dataDir, { recursive: true });

const cpuPercent = ((after.cpuSeconds - before.cpuSeconds) / SECONDS) * 100;
printTable(
  `${AGENTS} agents, one heartbeat per 30 s each, for ${SECONDS} s, each on its own connection; ` +
    'one process, compiled, leads, reconciles, collects garbage and serves them (fake backend, real PostgreSQL)',
  [
    { measure: 'answered', measured: result.answered, target: String(AGENTS) },
    { measure: 'not answered with 200', measured: result.refused, target: '0' },
    { measure: 'p50 ms', measured: result.p50Ms, target: '-' },
    { measure: 'p99 ms', measured: result.p99Ms, target: '≤ 20' },
    { measure: 'max ms', measured: result.maxMs, target: '-' },
    { measure: 'CPU of the controller, % of a core', measured: cpuPercent, target: '≤ 25' },
    { measure: 'rows written to workspaces', measured: written.rows[0]?.count ?? NaN, target: '0' },
    { measure: 'RSS of the controller MiB, no workspace', measured: empty.rssMiB, target: '-' },
    { measure: 'all launched', measured: launched.rssMiB, target: '-' },
    { measure: 'all registered', measured: before.rssMiB, target: '-' },
    { measure: 'at the end', measured: after.rssMiB, target: '≤ 300' },
  ],
);

async function usage(): Promise<Usage> {
  controller.send('usage');
  return await controller.next<Usage>();
}

/** A busy machine takes minutes to launch them. */
async function until(goal: string, count: () => Promise<number>): Promise<void> {
  await eventuallyTrue({ until: goal, seconds: 600 }, async () => (await count()) === AGENTS);
}

async function countLaunched(from: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from launches where state = 'launched'`.execute(from);
  return rows[0]?.count ?? 0;
}

async function countOnline(from: Db): Promise<number> {
  return (await countPhases(from)).find(({ phase }) => phase === 'Online')?.count ?? 0;
}
