import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Backend } from '../backends/backend.ts';
import { ProcessBackend } from '../backends/process/process-backend.ts';
import { readMachine } from '../backends/process/machine.ts';
import { systemClock } from '../lib/clock.ts';
import { createLogger, type Logger } from '../lib/logger.ts';
import { createMetrics, type Metrics } from '../lib/metrics.ts';
import { Elector } from '../runtime/leader-election.ts';
import { Manager } from '../runtime/manager.ts';
import { acquireEpoch, releaseEpoch, renewEpoch } from '../store/epoch.ts';
import type { Leadership } from '../store/fencing.ts';
import { startApi } from './wiring/api-server.ts';
import { CliError } from './cli-error.ts';
import { openDatabase, type Database } from './wiring/database.ts';
import { garbageModeOf } from './wiring/garbage-mode.ts';
import { announce, greet } from './wiring/greeting.ts';
import { findInstallation, type Installation } from './wiring/installation.ts';
import type { Leader } from './wiring/leader.ts';
import { leaderLoops } from './wiring/leader-loops.ts';
import { measuredBackend } from './wiring/measured-backend.ts';
import type { RunOptions } from './options.ts';
import { packageVersion } from './package-version.ts';

/** What `treeline run` gets of the process it runs in. */
export interface ControllerSurroundings {
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly workingDirectory: string;
  /** `PATH` for the agents. */
  readonly path: string;
  readonly colours: boolean;
}

/** Between two passes of garbage collection (lessons.md, 2.3: the predecessor's orphan pass). */
const GARBAGE_SECONDS = 60;

interface Parts {
  readonly options: RunOptions;
  readonly surroundings: ControllerSurroundings;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly database: Database;
  readonly installation: Installation;
  readonly backends: ReadonlyMap<string, Backend>;
}

/**
 * Runs the controller until `signal` is aborted; then stops, leaves instances running, and resolves.
 * Rejects with what says why it cannot start, or why it had to end.
 */
export async function startController(
  options: RunOptions,
  surroundings: ControllerSurroundings,
): Promise<void> {
  const log = createLogger({
    level: options.logLevel,
    format: options.logFormat,
    colours: surroundings.colours,
    stream: surroundings.stdout,
  });
  if (options.logFormat === 'terminal') {
    announce(options, surroundings.stdout);
  }
  await makeDataDir(options.dataDir);
  const metrics = createMetrics();
  const database = await openDatabase({
    ...options,
    binaryVersion: packageVersion(),
    clock: systemClock,
    log,
  });
  try {
    const installation = await findInstallation(database.db, options);
    const backends = await openBackends(options, { surroundings, installation, metrics, log });
    await runUntilStopped({
      options,
      surroundings,
      log,
      metrics,
      database,
      installation,
      backends,
    });
  } finally {
    metrics.close();
    await database.close();
  }
}

async function makeDataDir(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    const { message } = error as Error;
    throw new CliError(`making the data folder: ${message}: choose another with --data-dir`);
  }
}

async function openBackends(
  { dataDir }: RunOptions,
  parts: Pick<Parts, 'surroundings' | 'installation' | 'metrics' | 'log'>,
): Promise<ReadonlyMap<string, Backend>> {
  const { surroundings, installation, metrics, log } = parts;
  try {
    const backend = await ProcessBackend.open({
      folder: dataDir,
      installationId: installation.id,
      machine: readMachine(),
      clock: systemClock,
      workingDirectory: surroundings.workingDirectory,
      path: surroundings.path,
    });
    return new Map([['process', measuredBackend('process', backend, metrics)]]);
  } catch (error) {
    log.warn({ backend: 'process', error: (error as Error).message }, 'backend is not available');
    return new Map();
  }
}

async function runUntilStopped(parts: Parts): Promise<void> {
  const { options, surroundings, log, metrics, database } = parts;
  const ended = Promise.withResolvers<Error | undefined>();
  const onFatal = (error: Error): void => {
    log.error({ error: error.message }, 'the controller has to end');
    ended.resolve(error);
  };
  const manager = new Manager({ clock: systemClock, random: Math.random, log, onFatal });
  let leader: Leader | undefined;
  const lead = (leadership: Leadership): void => {
    leader = startLeading(parts, { manager, elector, leadership, onFatal });
  };
  const elector = createElector(parts, lead, onFatal);
  manager.addLoop({
    name: 'leader-election',
    staleAfterSeconds: options.leaseSeconds * 2,
    run: (stop, tick) => elector.run(stop, tick),
  });
  const api = await startApi({ ...parts, manager, leader: () => leader });
  showOnScrape(metrics, { manager, elector, leader: () => leader });
  manager.start();
  if (options.logFormat === 'terminal') {
    greet({
      db: database.db,
      url: api.url,
      stdout: surroundings.stdout,
      signal: surroundings.signal,
    });
  }
  surroundings.signal.addEventListener('abort', () => {
    ended.resolve(undefined);
  });
  const cause = await ended.promise;
  await manager.stop();
  await api.close();
  if (cause !== undefined) {
    throw cause;
  }
  log.info({}, 'stopped; instances keep running');
}

function createElector(
  { options, database, log }: Parts,
  onStartedLeading: (leadership: Leadership) => void,
  onFatal: (error: Error) => void,
): Elector {
  const { db } = database;
  return new Elector({
    store: {
      acquire: (holder, seconds) => acquireEpoch(db, holder, seconds),
      renew: (leadership) => renewEpoch(db, leadership),
      release: (leadership) => releaseEpoch(db, leadership),
    },
    holder: `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`,
    clock: systemClock,
    log,
    leaseSeconds: options.leaseSeconds,
    renewDeadlineSeconds: options.leaseRenewSeconds,
    retrySeconds: options.leaseRetrySeconds,
    onStartedLeading,
    onStoppedLeading: (reason) => {
      onFatal(new CliError(`lost the lead: ${reason}`));
    },
  });
}

function startLeading(
  parts: Parts,
  {
    manager,
    elector,
    leadership,
    onFatal,
  }: {
    readonly manager: Manager;
    readonly elector: Elector;
    readonly leadership: Leadership;
    readonly onFatal: (error: Error) => void;
  },
): Leader {
  const { options, database, log, installation } = parts;
  if (installation.mismatch !== undefined) {
    log.error(
      { reason: 'InstallationMismatch', error: installation.mismatch },
      'nothing is launched or deleted',
    );
  }
  const { leader, loops } = leaderLoops({
    ...parts,
    db: database.db,
    connection: database.connection,
    leadership,
    leaseOutlives: (seconds) => elector.leaseOutlives(seconds),
    pollSeconds: options.pollSeconds,
    rescanSeconds: options.rescanSeconds,
    isObserveOnly: options.observe,
    ...(options.directory !== undefined && { directory: options.directory }),
    garbageMode: garbageModeOf(options, {
      isEmbedded: database.isEmbedded,
      installation,
      now: () => systemClock.now(),
    }),
    garbageSeconds: GARBAGE_SECONDS,
    onFatal,
    clock: systemClock,
    random: Math.random,
  });
  loops.forEach((loop) => {
    manager.addLoop(loop);
  });
  manager.startLeading();
  return leader;
}

function showOnScrape(
  metrics: Metrics,
  parts: {
    readonly manager: Manager;
    readonly elector: Elector;
    readonly leader: () => Leader | undefined;
  },
): void {
  metrics.onScrape(() => {
    const { leadership } = parts.elector;
    metrics.leader.set(leadership === undefined ? 0 : 1);
    metrics.epoch.set(leadership?.epoch ?? 0);
    for (const [loop, seconds] of parts.manager.ages()) {
      metrics.loopAge.set({ loop }, seconds);
    }
    const fleet = parts.leader()?.fleet;
    for (const key of fleet?.backendKeys() ?? []) {
      const startedAt = fleet?.stateOf(key)?.list?.startedAt;
      if (startedAt !== undefined) {
        const seconds = (systemClock.now().getTime() - startedAt.getTime()) / 1000;
        metrics.observationAge.set({ backend: key }, seconds);
      }
    }
  });
}
