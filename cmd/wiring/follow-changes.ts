import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { listenForChanges, type ChangeHint } from '../../store/changes.ts';
import type { ConnectionTarget, Db } from '../../store/db.ts';
import { listSubtreeUids } from '../../store/settled-rows.ts';
import type { Leader } from './leader.ts';

export interface FollowChangesOptions {
  readonly connection: ConnectionTarget;
  readonly db: Db;
  readonly leader: Pick<Leader, 'enqueue'> & { readonly resync: Pick<Leader['resync'], 'soon'> };
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}

/** Several beats within any `staleAfterSeconds`. */
const BEAT_SECONDS = 10;

/** Hints of what changed, until `stop` is aborted; the resync finds what they miss. */
export async function followChanges(
  { leader, db, ...options }: FollowChangesOptions,
  stop: AbortSignal,
  tick: () => void,
): Promise<void> {
  const follow = async (hint: ChangeHint): Promise<void> => {
    if (hint === 'everything') {
      leader.resync.soon();
      return;
    }
    // A pause or a move of an ancestor concerns everything below it.
    const below = hint.concerns === 'subtrees' ? await listSubtreeUids(db, hint.uids) : [];
    leader.enqueue([...hint.uids, ...below]);
  };
  const onProblem = (error: unknown): void => {
    options.log.warn({ error: (error as Error).message }, 'change hints are interrupted');
  };
  const listener = listenForChanges(
    { ...options, applicationName: 'treeline-changes', onProblem },
    (hint) => {
      follow(hint).catch(() => {
        leader.resync.soon();
      });
    },
  );
  try {
    while (!stop.aborted) {
      tick();
      await options.clock.sleep(BEAT_SECONDS * 1000, stop);
    }
  } finally {
    // However this ends: the loop is run again, and two listeners would tell everything twice.
    await listener.close();
  }
}
