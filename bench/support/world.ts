import { setImmediate } from 'node:timers/promises';
import { mkdtemp, rm, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLeader, type Leader } from '../../cmd/wiring/leader.ts';
import type { Backend } from '../../backends/backend.ts';
import { systemClock } from '../../lib/clock.ts';
import { createLogger } from '../../lib/logger.ts';
import { createMetrics } from '../../lib/metrics.ts';
import { MIGRATIONS } from '../../migrations/migrations.ts';
import { applySet } from '../../store/apply-set.ts';
import { inTransaction, openDb, type ConnectionTarget, type Db } from '../../store/db.ts';
import type { EmbeddedConnection } from '../../store/embedded/check-connection.ts';
import { startEmbeddedPostgres } from '../../store/embedded/embedded-postgres.ts';
import { acquireEpoch } from '../../store/epoch.ts';
import type { Leadership } from '../../store/fencing.ts';
import { migrate } from '../../store/migrator.ts';
import { createFakeBackend, type FakeBackend } from '../../test/fakes/fake-backend.ts';
import { testProvisioning } from '../../test/support/provisioning.ts';
import { processClass, workspace } from '../../test/support/manifests.ts';

export const INSTALLATION_ID = 'bench';
/** As production has them (`cmd/wiring/database.ts`). */
const MAX_CONNECTIONS = 12;
const POLL_SECONDS = 2;
/** A tree as wide as people build them: each node has ten children. */
const FAN_OUT = 10;

export const silentLog = createLogger({ level: 'silent', format: 'json', stream: process.stderr });

/** A durable embedded PostgreSQL in a folder of its own, migrated. */
export async function openBenchDatabase() {
  const folder = await mkdtemp(join(tmpdir(), 'treeline-bench-'));
  await chmod(folder, 0o755);
  const server = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), log: silentLog });
  const db = connect(server.connection);
  await migrate(db, { migrations: MIGRATIONS, binaryVersion: 'bench' });
  return {
    db,
    connection: server.connection,
    async [Symbol.asyncDispose]() {
      await db.destroy();
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}

export function connect(connection: ConnectionTarget): Db {
  return openDb({
    connection,
    maxConnections: MAX_CONNECTIONS,
    applicationName: 'treeline-bench',
    onConnectionError: () => undefined,
  });
}

/** For `--database-url`. */
export function toUrl({ host, port, user, password, database }: EmbeddedConnection): string {
  return `postgres://${user}:${password}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
}

/** Declares a class and `count` workspaces, ten children each, that are ready when they run, or when their agents register. */
export async function declareTree(
  db: Db,
  count: number,
  readiness: 'Running' | 'Registered' = 'Running',
): Promise<void> {
  const workspaces = Array.from({ length: count }, (_, index) =>
    workspace({
      name: `w${index}`,
      ...(index > 0 && { parentRef: { name: `w${Math.floor((index - 1) / FAN_OUT)}` } }),
      env: [{ name: 'INDEX', value: String(index) }],
    }),
  );
  const declarations = [
    processClass({ readiness, rollout: { maxUnavailable: 1000 } }),
    ...workspaces,
  ];
  await inTransaction(db, (tx) =>
    applySet(tx, {
      installationId: INSTALLATION_ID,
      applySet: 'cli',
      declarations,
      prune: 'none',
      dryRun: false,
    }),
  );
}

export interface RunningLeader<B extends Backend = FakeBackend> extends AsyncDisposable {
  readonly leader: Leader;
  readonly leadership: Leadership;
  readonly backend: B;
  /** Resolves when a resync finds nothing and no key is ready, in hand or delayed. */
  converged(): Promise<void>;
}

/** A leader as `cmd/` makes it, on the fake backend; its loops run. */
export async function startLeader<B extends Backend = FakeBackend>(
  db: Db,
  backend: B = createFakeBackend({ clock: systemClock }) as Backend as B,
  key = 'process',
): Promise<RunningLeader<B>> {
  const leadership = await acquireEpoch(db, `bench-${process.hrtime.bigint()}`, 0);
  if (leadership === undefined) {
    throw new Error('bench: somebody else leads');
  }
  const stop = new AbortController();
  const metrics = createMetrics();
  const leader = createLeader({
    db,
    leadership,
    leaseOutlives: () => true,
    installation: { id: INSTALLATION_ID, createdAt: new Date() },
    backends: new Map([[key, backend]]),
    provisioning: testProvisioning(),
    pollSeconds: POLL_SECONDS,
    isObserveOnly: false,
    onFatal: (error) => {
      throw error;
    },
    clock: systemClock,
    random: Math.random,
    log: silentLog,
    metrics,
  });
  const tick = (): void => undefined;
  const loops = [
    leader.controller.run(stop.signal, tick),
    ...leader.observers.map((observer) => observer.run(stop.signal, tick)),
  ];
  return {
    leader,
    leadership,
    backend,
    converged: () => converge(leader),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all(loops);
      metrics.close();
    },
  };
}

async function converge({ fleet, resync, queue }: Leader): Promise<void> {
  while (!fleet.backendKeys().every((key) => fleet.hasLookedAt(key))) {
    await setImmediate();
  }
  while ((await resync.once()).length > 0) {
    while (queue.depth > 0 || queue.inHand > 0) {
      await setImmediate();
    }
  }
}
