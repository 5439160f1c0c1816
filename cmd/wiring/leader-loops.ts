import { GarbageCollector } from '../../controllers/garbage-collection/reconciler.ts';
import type { Loop } from '../../runtime/supervised-loop.ts';
import { pruneActivity } from '../../store/activity.ts';
import { listenForChanges, type ChangeHint } from '../../store/changes.ts';
import type { ConnectionTarget } from '../../store/db.ts';
import { fenced } from '../../store/fencing.ts';
import { pruneLaunches } from '../../store/launches.ts';
import { listSubtreeUids } from '../../store/settled-rows.ts';
import { createLeader, type Leader, type LeaderOptions } from './leader.ts';
import { createDirectorySource } from './directory.ts';
import { showConditions } from './show-conditions.ts';

export interface LeaderLoopsOptions extends LeaderOptions {
  readonly connection: ConnectionTarget;
  readonly directory?: string;
  readonly rescanSeconds: number;
  /** Asked in each pass; `off`: nothing is listed. */
  readonly garbageMode: () => 'enforce' | 'report' | 'off';
  readonly garbageSeconds: number;
  /** Removes what backends keep of instances that ended before `olderThan`. */
  readonly sweepBackends: (olderThan: Date) => Promise<void>;
}

/** Activity is kept for this long (design §4). */
const ACTIVITY_DAYS = 30;
/** Long enough for a person to look at the log of an instance that ended. */
const ENDED_INSTANCE_DAYS = 1;
const DAY_MS = 86_400_000;
const HOUR_SECONDS = 3_600;
/** Three missed beats of a loop that beats at least every 30 s. */
const STALE_SECONDS = 90;

/** Every loop that only a leader runs, and the leader they share. */
export function leaderLoops(options: LeaderLoopsOptions): {
  readonly leader: Leader;
  readonly loops: readonly Loop[];
} {
  const leader = createLeader(options);
  const loops = [
    loop('workspace', (stop, tick) => leader.controller.run(stop, tick)),
    ...leader.observers.map((observer) =>
      loop(`observer-${observer.key}`, (stop, tick) => observer.run(stop, tick)),
    ),
    loop('prober', (stop, tick) => leader.prober.run(stop, tick)),
    loop('resync', (stop, tick) => leader.resync.run(stop, tick)),
    loop('changes', (stop, tick) => followChanges(options, leader, { stop, tick })),
    loop('conditions', (stop, tick) => showConditions(options, stop, tick)),
    loop('garbage-collection', (stop, tick) => collectGarbage(options, stop, tick)),
    {
      ...loop('retention', (stop, tick) => prune(options, stop, tick)),
      staleAfterSeconds: Infinity,
    },
    ...sourceLoops(options),
  ];
  return { leader, loops };
}

function loop(name: string, run: Loop['run']): Loop {
  return { name, run, staleAfterSeconds: STALE_SECONDS, needsLeadership: true };
}

function sourceLoops(options: LeaderLoopsOptions): readonly Loop[] {
  const { directory: folder, installation } = options;
  if (folder === undefined || installation.mismatch !== undefined) {
    return [];
  }
  const source = createDirectorySource({ ...options, installationId: installation.id, folder });
  return [loop('directory', (stop, tick) => source.run(stop, tick))];
}

/** Hints of what changed; the resync finds what they miss. */
async function followChanges(
  { connection, clock, random, log, db }: LeaderLoopsOptions,
  leader: Leader,
  { stop, tick }: { readonly stop: AbortSignal; readonly tick: () => void },
): Promise<void> {
  const listener = listenForChanges(
    {
      connection,
      applicationName: 'treeline-changes',
      clock,
      random,
      onProblem: (error) => {
        log.warn({ error: (error as Error).message }, 'change hints are interrupted');
      },
    },
    (hint) => {
      follow(hint).catch(() => {
        leader.resync.soon();
      });
    },
  );
  const follow = async (hint: ChangeHint): Promise<void> => {
    if (hint === 'everything') {
      leader.resync.soon();
      return;
    }
    // A pause or a move of an ancestor concerns everything below it.
    leader.enqueue([...hint.uids, ...(await listSubtreeUids(db, hint.uids))]);
  };
  while (!stop.aborted) {
    tick();
    await clock.sleep(10_000, stop);
  }
  await listener.close();
}

async function collectGarbage(
  options: LeaderLoopsOptions,
  stop: AbortSignal,
  tick: () => void,
): Promise<void> {
  const { clock, garbageMode, garbageSeconds, isObserveOnly, installation } = options;
  const collector = new GarbageCollector({
    ...options,
    mode: () => (garbageMode() === 'enforce' && !isObserveOnly ? 'enforce' : 'report'),
    installationMismatch: installation.mismatch !== undefined,
  });
  while (!stop.aborted) {
    if (garbageMode() !== 'off') {
      await collector.pass();
    }
    tick();
    await clock.sleep(garbageSeconds * 1000, stop);
  }
}

/** Old activity, launch rows that prove nothing any more, and what is left of instances that ended. */
async function prune(
  { db, leadership, clock, sweepBackends }: LeaderLoopsOptions,
  stop: AbortSignal,
  tick: () => void,
): Promise<void> {
  const daysAgo = (days: number): Date => new Date(clock.now().getTime() - days * DAY_MS);
  while (!stop.aborted) {
    await pruneActivity(db, daysAgo(ACTIVITY_DAYS));
    await fenced(db, leadership, pruneLaunches);
    await sweepBackends(daysAgo(ENDED_INSTANCE_DAYS));
    tick();
    await clock.sleep(HOUR_SECONDS * 1000, stop);
  }
}
