import { systemClock } from '../lib/clock.ts';
import { FencedError } from '../lib/errors.ts';
import { createLogger } from '../lib/logger.ts';
import { createMetrics } from '../lib/metrics.ts';
import { Manager } from '../runtime/manager.ts';
import type { Leadership } from '../store/fencing.ts';
import { countPhases } from '../store/settled-rows.ts';
import { CliError } from './cli-error.ts';
import type { RunOptions } from './options.ts';
import { packageVersion } from './package-version.ts';
import { markRunningController } from './running-controllers.ts';
import { startApi } from './wiring/api-server.ts';
import { openBackends } from './wiring/backends.ts';
import { openDatabase } from './wiring/database.ts';
import { createElector, electionLoop, leaseOutlives, startLeading } from './wiring/election.ts';
import { refuseMissingFolders } from './wiring/given-folders.ts';
import { announce, greet } from './wiring/greeting.ts';
import { findInstallation } from './wiring/installation.ts';
import type { Leader } from './wiring/leader.ts';
import type { ControllerSurroundings, Lease, Parts } from './wiring/parts.ts';
import { openProvisioning, type OpenProvisioning } from './wiring/provisioning.ts';
import { showOnScrape } from './wiring/scrape.ts';

/**
 * Runs the controller until `signal` is aborted; then stops, leaves instances running, and resolves.
 * Rejects with what says why it cannot start, or why it had to end. `open` is another's in measurements only.
 */
export async function startController(
  options: RunOptions,
  surroundings: ControllerSurroundings,
  open: typeof openBackends = openBackends,
): Promise<void> {
  await refuseMissingFolders(options);
  const log = createLogger({
    level: options.logLevel,
    format: options.logFormat,
    colours: surroundings.colours,
    stream: surroundings.stdout,
  });
  if (options.logFormat === 'terminal') {
    announce(options, surroundings.stdout);
  }
  const unmark = await markRunningController(options.dataDir);
  try {
    await runWithDatabase({ options, surroundings, log }, open);
  } finally {
    await unmark();
  }
}

async function runWithDatabase(
  given: Pick<Parts, 'options' | 'surroundings' | 'log'>,
  open: typeof openBackends,
): Promise<void> {
  const { options, log } = given;
  const metrics = createMetrics();
  const database = await openDatabase({
    ...options,
    binaryVersion: packageVersion(),
    clock: systemClock,
    log,
  });
  try {
    const installation = await findInstallation(database.db, options);
    const lease: Lease = { outlives: () => false };
    const known = { ...given, metrics, database, installation, lease };
    const opened = await openProvisioning(known);
    const { provisioning } = opened;
    const backends = await open({ ...known, provisioning });
    await runUntilStopped({ ...known, ...backends, provisioning }, opened);
  } finally {
    metrics.close();
    await database.close();
  }
}

async function runUntilStopped(
  parts: Parts,
  { secretsLoop, setPlatformUrl, onSecretsChanged }: OpenProvisioning,
): Promise<void> {
  const { surroundings, log, metrics } = parts;
  const ended = Promise.withResolvers<Error | undefined>();
  const onFatal = (error: Error): void => {
    log.error({ error: error.message }, 'the controller has to end');
    ended.resolve(error);
  };
  const manager = new Manager({ clock: systemClock, random: Math.random, log, onFatal });
  let leader: Leader | undefined;
  const lead = (leadership: Leadership): void => {
    leader = startLeading(parts, { manager, leadership, onFatal });
  };
  const elector = createElector(parts, lead, onFatal);
  parts.lease.outlives = (seconds) => leaseOutlives(elector, parts.options, seconds);
  manager.addLoop(electionLoop(elector, parts.options));
  manager.addLoop(secretsLoop);
  onSecretsChanged(() => leader?.resync.soon());
  const api = await startApi({ ...parts, manager, leader: () => leader });
  setPlatformUrl(api.url);
  showOnScrape({
    ...{ metrics, manager, elector, backends: parts.backends },
    fleet: () => leader?.fleet,
    clock: systemClock,
  });
  manager.start();
  greetPeople(parts, api.url, () => leader);
  surroundings.signal.addEventListener('abort', () => {
    ended.resolve(undefined);
  });
  if (surroundings.signal.aborted) {
    ended.resolve(undefined);
  }
  const cause = await ended.promise;
  await manager.stop();
  await api.close();
  if (cause !== undefined) {
    throw cause instanceof FencedError ? new CliError(`lost the lead: ${cause.message}`) : cause;
  }
  log.info({}, 'stopped; instances keep running');
}

function greetPeople(
  { options, surroundings: { stdout, signal }, database: { db } }: Parts,
  url: string,
  leader: () => Leader | undefined,
): void {
  if (options.logFormat !== 'terminal') {
    return;
  }
  void greet({
    readCounts: async () => new Map((await countPhases(db)).map((row) => [row.phase, row.count])),
    isCaughtUp: () => hasCaughtUp(leader()),
    hasSource: options.directory !== undefined,
    ...{ url, stdout, signal, clock: systemClock },
  });
}

/** What differed when it took the lead is done. */
function hasCaughtUp(leader: Leader | undefined): boolean {
  return (
    leader !== undefined &&
    leader.resync.hasCompared &&
    leader.queue.depth === 0 &&
    leader.queue.inHand === 0
  );
}
