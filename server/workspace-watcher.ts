import type { Db } from '../store/db.ts';
import {
  listWorkspaceVersions,
  listWorkspacesByUid,
  type WorkspaceVersion,
} from '../store/workspace-versions.ts';
import { API_VERSION } from '../api/schema.ts';
import type { WatchEvent } from './contract-operations.ts';
import { toWorkspaceObject } from './manifest.ts';

/** Whole rows of one read; 2 kB each (dependencies.md, f). */
const PAGE_SIZE = 500;

/**
 * Tells what changed by comparing all versions with those that were told, so that no change is missed, whatever order
 * transactions are committed in. The first look is the same comparison with nothing.
 */
export class WorkspaceWatcher {
  readonly #db: Db;
  readonly #namespace: string | undefined;
  readonly #told = new Map<string, WorkspaceVersion>();
  #isSynced = false;

  constructor(db: Db, namespace: string | undefined) {
    this.#db = db;
    this.#namespace = namespace;
  }

  /** The next events; `hasMore` when there are more than one read gives. */
  async next(): Promise<{ readonly events: readonly WatchEvent[]; readonly hasMore: boolean }> {
    const versions = await listWorkspaceVersions(this.#db, this.#namespace);
    const changed = versions.filter(({ uid, version }) => this.#told.get(uid)?.version !== version);
    const page = changed.slice(0, PAGE_SIZE);
    const hasMore = changed.length > page.length;
    const events = [...this.#forget(versions), ...(await this.#tell(page))];
    return { events: hasMore ? events : [...events, ...this.#bookmark()], hasMore };
  }

  async #tell(page: readonly WorkspaceVersion[]): Promise<readonly WatchEvent[]> {
    const uids = page.map(({ uid }) => uid);
    const records = uids.length === 0 ? [] : await listWorkspacesByUid(this.#db, uids);
    const versionOf = new Map(page.map((version) => [version.uid, version]));
    return records.flatMap((record) => {
      const version = versionOf.get(record.uid);
      if (version === undefined) {
        return [];
      }
      const type = this.#told.has(record.uid) ? 'MODIFIED' : 'ADDED';
      // The version of the narrow read: if the row moved on since, it is told once more, and nothing is missed.
      this.#told.set(record.uid, version);
      return [{ type, object: toWorkspaceObject(record) }];
    });
  }

  #forget(versions: readonly WorkspaceVersion[]): readonly WatchEvent[] {
    const existing = new Set(versions.map(({ uid }) => uid));
    const gone = [...this.#told.values()].filter(({ uid }) => !existing.has(uid));
    gone.forEach(({ uid }) => this.#told.delete(uid));
    return gone.map(({ uid, namespace, name }) => ({
      type: 'DELETED',
      object: { apiVersion: API_VERSION, kind: 'Workspace', metadata: { namespace, name, uid } },
    }));
  }

  #bookmark(): readonly WatchEvent[] {
    const events: readonly WatchEvent[] = this.#isSynced ? [] : [{ type: 'BOOKMARK' }];
    this.#isSynced = true;
    return events;
  }
}
