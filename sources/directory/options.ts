import type { Declaration } from '../../api/objects.ts';
import type { MonotonicClock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { ObjectResult } from '../../store/apply-result.ts';
import type { ObjectRef } from '../../store/object-ref.ts';
import type { OwnedObject, SourceState } from '../source.ts';
import type { WatchFolder } from './folder-watch.ts';

/** The store as this source sees it; every function may throw, and is then called again later. */
export interface DirectoryStore {
  /**
   * In one transaction: declares `declarations` (only those that may differ from the store) and requests the deletion of
   * `remove`; everything else of the set is left alone. Answers every named object. Applying twice is as good as once.
   */
  apply(
    declarations: readonly Declaration[],
    remove: readonly ObjectRef[],
  ): Promise<readonly ObjectResult[]>;
  /**
   * What the set owns now. Of objects whose deletion was requested only those whose next declaration, also of this
   * set, waits for the release.
   */
  listOwned(): Promise<readonly OwnedObject[]>;
  saveState(state: SourceState): Promise<void>;
  /** As saved last; undefined when never. A source that was held stays held after a restart. */
  readState(): Promise<SourceState['state'] | undefined>;
  /** The digest a person confirmed for what is held now; undefined when none. */
  readConfirmedDigest(): Promise<string | undefined>;
}

export interface DirectorySourceOptions extends DirectoryStore {
  readonly folder: string;
  readonly applySetName: string;
  readonly clock: MonotonicClock;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** After every apply that succeeded. */
  readonly onApplied: (results: readonly ObjectResult[]) => void;
  /** Default `RESCAN_SECONDS`. */
  readonly rescanSeconds?: number;
  /** Default `SECOND_LOOK_SECONDS`. */
  readonly secondLookSeconds?: number;
  /** Default: `fs.watch`. */
  readonly watchFolder?: WatchFolder;
}
