import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { systemClock } from '../../lib/clock.ts';
import { Elector } from '../../runtime/leader-election.ts';
import type { Manager } from '../../runtime/manager.ts';
import type { Loop } from '../../runtime/supervised-loop.ts';
import { acquireEpoch, releaseEpoch, renewEpoch } from '../../store/epoch.ts';
import type { Leadership } from '../../store/fencing.ts';
import { CliError } from '../cli-error.ts';
import type { RunOptions } from '../options.ts';
import { garbageModeOf } from './garbage-mode.ts';
import type { Leader } from './leader.ts';
import { leaderLoops } from './leader-loops.ts';
import type { Parts } from './parts.ts';

/** Its beats are the answers of the database. */
export const ELECTION_LOOP = 'leader-election';
/** So many tries to reach the database in vain, and a second for a slow answer: not ready within 5 s by default. */
const MISSED_ANSWERS = 2;
const SLOW_ANSWER_SECONDS = 1;

/** A call may take two thirds of the lease: 10 s of the default 15 s. */
const LEASE_SHARE_OF_A_CALL = 1.5;

/**
 * Elects on the epoch row; when another process has taken the lead, this one has to end. While the database is away it
 * calls nothing, because the lease is over, and goes on when it is back and still leader.
 */
export function createElector(
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
    waitsInSilence: true,
    holder: `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`,
    clock: systemClock,
    log,
    leaseSeconds: options.leaseSeconds,
    renewDeadlineSeconds: options.leaseRenewSeconds,
    retrySeconds: options.leaseRetrySeconds,
    onStartedLeading,
    onStoppedLeading: (reason) => {
      onFatal(new CliError(`lost the lead: ${reason}; another controller goes on`));
    },
  });
}

/** Takes, keeps and releases the lead; stale, and so not ready, soon after the database has stopped to answer. */
export function electionLoop(
  elector: Elector,
  {
    leaseRetrySeconds,
    leaseRenewSeconds,
  }: Pick<RunOptions, 'leaseRetrySeconds' | 'leaseRenewSeconds'>,
): Loop {
  return {
    name: ELECTION_LOOP,
    staleAfterSeconds: Math.min(
      MISSED_ANSWERS * leaseRetrySeconds + SLOW_ANSWER_SECONDS,
      leaseRenewSeconds,
    ),
    run: (stop, tick) => elector.run(stop, tick),
  };
}

/** A lease that is set short leaves as much of itself to a call as the default does; else nothing would be called. */
export function leaseOutlives(
  elector: Elector,
  { leaseSeconds }: Pick<RunOptions, 'leaseSeconds'>,
  seconds: number,
): boolean {
  return elector.leaseOutlives(Math.min(seconds, leaseSeconds / LEASE_SHARE_OF_A_CALL));
}

/** Starts every loop that only a leader runs. */
export function startLeading(
  parts: Parts,
  {
    manager,
    leadership,
    onFatal,
  }: {
    readonly manager: Manager;
    readonly leadership: Leadership;
    readonly onFatal: (error: Error) => void;
  },
): Leader {
  const { options, database, log, installation } = parts;
  const { mismatch } = installation;
  if (mismatch !== undefined) {
    const fields = { reason: 'InstallationMismatch', error: mismatch };
    log.error(fields, 'nothing is launched or deleted');
  }
  const { leader, loops } = leaderLoops({
    ...parts,
    ...options,
    ...database,
    isObserveOnly: options.observe,
    leadership,
    leaseOutlives: (seconds) => parts.lease.outlives(seconds),
    garbageMode: garbageModeOf(options, {
      isEmbedded: database.isEmbedded,
      installation,
      now: () => systemClock.now(),
    }),
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
