import { DirectorySource } from '../../sources/directory/directory-source.ts';
import type { Source } from '../../sources/source.ts';
import type { MonotonicClock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { applySet } from '../../store/apply-set.ts';
import { findApplySet, reportApplySet } from '../../store/apply-sets.ts';
import { listOwnedObjects } from '../../store/owned-objects.ts';
import type { Db } from '../../store/db.ts';
import { fenced, type Leadership } from '../../store/fencing.ts';

/** Name of the apply set of `--directory`; never derived from the path, so a folder may be moved (design §4). */
const APPLY_SET = 'directory';

export interface DirectoryRequest {
  readonly db: Db;
  readonly leadership: Leadership;
  readonly installationId: string;
  readonly folder: string;
  readonly rescanSeconds: number;
  readonly clock: MonotonicClock;
  readonly log: Logger;
}

/** The folder of manifests, wired to the store; every write is fenced. */
export function createDirectorySource(request: DirectoryRequest): Source {
  const { db, leadership, installationId, clock, log, folder, rescanSeconds } = request;
  return new DirectorySource({
    folder,
    applySetName: APPLY_SET,
    rescanSeconds,
    clock,
    log,
    apply: (declarations, remove) =>
      fenced(db, leadership, (tx) =>
        applySet(tx, {
          installationId,
          applySet: APPLY_SET,
          declarations,
          prune: remove,
          dryRun: false,
        }),
      ),
    listOwned: () => listOwnedObjects(db, APPLY_SET),
    saveState: ({ state, problems, heldDigest, heldDeletions }) =>
      fenced(db, leadership, (tx) =>
        reportApplySet(tx, {
          name: APPLY_SET,
          state,
          problems,
          ...(heldDigest !== null && { held: { digest: heldDigest, deletions: heldDeletions } }),
        }),
      ),
    readState: async () => (await findApplySet(db, APPLY_SET))?.state,
    readConfirmedDigest: async () => (await findApplySet(db, APPLY_SET))?.confirmedDigest,
    onApplied: () => undefined,
  });
}
