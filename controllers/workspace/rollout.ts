import type { Db } from '../../store/db.ts';
import { listUnavailable } from '../../store/settled-rows.ts';
import type { WorkspaceView } from '../../store/workspace-view.ts';
import type { Acceptance } from './accept.ts';

/** How many of a class may be down for a change when the class does not say (design §3). */
const DEFAULT_MAX_UNAVAILABLE = 1;

/**
 * The budget of changes that take running agents down, per class. Reservations live in memory: after a restart of
 * the controller those that are down are found in the statuses.
 */
export class RolloutBudget {
  readonly #db: Db;
  readonly #reserved = new Map<string, string>();

  constructor(db: Db) {
    this.#db = db;
  }

  /** True when this workspace may go down now; a workspace that is down already costs nothing. */
  async mayDisrupt({ record }: WorkspaceView, { wanted }: Acceptance): Promise<boolean> {
    // Not whether it is ready: one that waits for this very change is not, and must wait on.
    const isUp = record.status?.phase === 'Online';
    if (wanted === undefined || !isUp || this.#reserved.has(record.uid)) {
      return true;
    }
    const { className, classSpec } = wanted;
    const down = new Set(await listUnavailable(this.#db, className));
    // No `await` from here on: two passes that asked at once must not both take the last place.
    this.#reservedIn(className).forEach((uid) => down.add(uid));
    down.delete(record.uid);
    const isAllowed = down.size < (classSpec.rollout?.maxUnavailable ?? DEFAULT_MAX_UNAVAILABLE);
    if (isAllowed) {
      this.#reserved.set(record.uid, className);
    }
    return isAllowed;
  }

  /** The workspace is ready again, or gone. */
  forget(uid: string): void {
    this.#reserved.delete(uid);
  }

  #reservedIn(className: string): readonly string[] {
    return [...this.#reserved].filter(([, of]) => of === className).map(([uid]) => uid);
  }
}
