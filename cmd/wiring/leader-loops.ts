import { GarbageCollector } from '../../controllers/garbage-collection/reconciler.ts';
import type { Loop } from '../../runtime/supervised-loop.ts';
import type { ConnectionTarget } from '../../store/db.ts';
import { createDirectorySource } from './directory.ts';
import { followChanges } from './follow-changes.ts';
import { createLeader, type Leader, type LeaderOptions } from './leader.ts';
import { retain, type RetentionOptions } from './retention.ts';
import { showCounts } from './show-counts.ts';

export interface LeaderLoopsOptions extends LeaderOptions, Pick<RetentionOptions, 'sweepBackends'> {
  readonly connection: ConnectionTarget;
  readonly directory?: string;
  readonly rescanSeconds: number;
  /** Asked in each pass; `off`: nothing is listed. */
  readonly garbageMode: () => 'enforce' | 'report' | 'off';
  readonly garbageSeconds: number;
}

/** A loop counts as stale after so many beats that did not come. */
const MISSED_BEATS = 3;
/** Loops that beat more often are given as long as one that beats every 30 s: the database may be slow for a while. */
const LONGEST_BEAT_SECONDS = 30;

/** Every loop that only a leader runs, and the leader they share. */
export function leaderLoops(options: LeaderLoopsOptions): {
  readonly leader: Leader;
  readonly loops: readonly Loop[];
} {
  const leader = createLeader(options);
  const { observers, controller, prober, externalProber, resync } = leader;
  const { garbageSeconds } = options;
  const loops = [
    loop('workspace', (stop, tick) => controller.run(stop, tick)),
    ...observers.map((observer) =>
      loop(
        `observer-${observer.key}`,
        (stop, tick) => observer.run(stop, tick),
        observer.intervalSeconds,
      ),
    ),
    loop('prober', (stop, tick) => prober.run(stop, tick)),
    loop('external-prober', (stop, tick) => externalProber.run(stop, tick)),
    loop('resync', (stop, tick) => resync.run(stop, tick)),
    loop('changes', (stop, tick) => followChanges({ ...options, leader }, stop, tick)),
    loop('counts', (stop, tick) => showCounts(options, stop, tick)),
    loop(
      'garbage-collection',
      (stop, tick) => collectGarbage({ ...options, leader }, stop, tick),
      garbageSeconds,
    ),
    ...retentionLoops(options),
    ...sourceLoops(options),
  ];
  return { leader, loops };
}

function loop(name: string, run: Loop['run'], beatSeconds = LONGEST_BEAT_SECONDS): Loop {
  const staleAfterSeconds = MISSED_BEATS * Math.max(beatSeconds, LONGEST_BEAT_SECONDS);
  return { name, run, staleAfterSeconds, needsLeadership: true };
}

/** Who only observes, or is at the wrong database, removes nothing. */
function retentionLoops(options: LeaderLoopsOptions): readonly Loop[] {
  const { isObserveOnly, installation } = options;
  if (isObserveOnly || installation.mismatch !== undefined) {
    return [];
  }
  const retention = loop('retention', (stop, tick) => retain(options, stop, tick));
  // Nobody need wait for it.
  return [{ ...retention, staleAfterSeconds: Infinity }];
}

function sourceLoops(options: LeaderLoopsOptions): readonly Loop[] {
  const { directory: folder, installation, rescanSeconds } = options;
  if (folder === undefined || installation.mismatch !== undefined) {
    return [];
  }
  const source = createDirectorySource({ ...options, installationId: installation.id, folder });
  return [loop('directory', (stop, tick) => source.run(stop, tick), rescanSeconds)];
}

async function collectGarbage(
  options: LeaderLoopsOptions & { readonly leader: Leader },
  stop: AbortSignal,
  tick: () => void,
): Promise<void> {
  const { clock, garbageMode, garbageSeconds, installation, leader } = options;
  const collector = new GarbageCollector({
    ...options,
    mode: () => (garbageMode() === 'enforce' ? 'enforce' : 'report'),
    installationMismatch: installation.mismatch !== undefined,
    // A second list would cost as much again and say no more.
    listBackend: async (key, backend) =>
      backend.listIntervalSeconds === undefined ? await backend.list() : leader.fleet.listed(key),
  });
  while (!stop.aborted) {
    if (garbageMode() !== 'off') {
      await collector.pass(stop);
    }
    tick();
    await clock.sleep(garbageSeconds * 1000, stop);
  }
}
