import type { MonotonicClock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { FolderWatch, watchFolder, type WatchFolder } from '../directory/folder-watch.ts';
import { Wakeup } from '../directory/wakeup.ts';
import type { SecretReader, SecretSnapshot } from '../source.ts';
import { FolderSnapshot, problemsIn, type KeyedHasher } from './folder-snapshot.ts';
import { FIRST_LOOKS, LOOK_SPACING_MS, POLL_MS, PUBLISH_SPACING_MS, QUIET_MS } from './limits.ts';
import { lookAtFolder } from './look.ts';
import type { Look } from './place.ts';
import { SecretFiles } from './secret-files.ts';

export interface SecretsFolderOptions {
  /** Absolute. One that does not exist is empty, and may appear later. */
  readonly folder: string;
  readonly key: KeyedHasher;
  readonly clock: MonotonicClock;
  /**
   * Called after `snapshot` has begun to answer something else for workspaces of these namespaces; `all`: for every
   * namespace, also those without a folder. Not for what the first `load` found.
   */
  readonly onChange: (namespaces: readonly string[] | 'all') => void;
  readonly log: Pick<Logger, 'warn'>;
  /** Default: `fs.watch`. */
  readonly watchFolder?: WatchFolder;
}

/**
 * The secrets of a folder (docs/adr/0004): `.env` and `NAMESPACE/.env` for every workspace, `NAMESPACE/NAME/KEY` and
 * `NAMESPACE/NAME.env` by name. Watches are hints, a look every second is the truth. Values stay in memory.
 */
export class SecretsFolder implements SecretReader {
  readonly #options: SecretsFolderOptions;
  readonly #files: SecretFiles;
  readonly #watch: FolderWatch;
  readonly #wakeup: Wakeup;
  #snapshot: FolderSnapshot;
  #isLoaded = false;
  #isWatching = false;
  /** What was wrong at the last publishing: each is told once. */
  #problems: ReadonlySet<string> = new Set();
  /** When what is not published yet was seen first and last; undefined when there is nothing. */
  #pending: { readonly sinceMs: number; readonly lastMs: number } | undefined;
  #publishedMs = Number.NEGATIVE_INFINITY;

  constructor(options: SecretsFolderOptions) {
    this.#options = options;
    const { clock, key, log } = options;
    this.#wakeup = new Wakeup(clock);
    this.#watch = new FolderWatch({
      watchFolder: options.watchFolder ?? watchFolder,
      onHint: () => {
        this.#wakeup.wake();
      },
      log,
    });
    this.#files = new SecretFiles(
      () => this.#look(),
      () => clock.now().getTime(),
    );
    this.#snapshot = new FolderSnapshot(this.#files.contents, key);
  }

  /** Empty until `load` or `run` has looked. */
  snapshot(): SecretSnapshot {
    return this.#snapshot;
  }

  /** Reads what is there now, without waiting until it is quiet. Not while `run` works. */
  async load(): Promise<void> {
    let looks = 0;
    while (!(await this.#files.refresh()) && looks < FIRST_LOOKS) {
      looks += 1;
    }
    this.#publish();
  }

  /** Follows the folder until `signal` is aborted; calls `tick` after every look. */
  async run(signal: AbortSignal, tick: () => void): Promise<void> {
    this.#isWatching = true;
    try {
      while (!signal.aborted) {
        this.#watch.addPlaceOf(this.#options.folder);
        await this.#pass();
        tick();
        await this.#options.clock.sleep(LOOK_SPACING_MS, signal);
        await this.#wakeup.wait(this.#pauseMs(), signal);
      }
    } finally {
      this.#isWatching = false;
      this.#watch.close();
    }
  }

  async #pass(): Promise<void> {
    if (!this.#isLoaded) {
      await this.load();
      return;
    }
    const isSteady = await this.#files.refresh();
    const nowMs = this.#nowMs();
    if (!isSteady) {
      this.#pending = { sinceMs: this.#pending?.sinceMs ?? nowMs, lastMs: nowMs };
    }
    if (nowMs >= this.#publishAtMs()) {
      this.#publish();
    }
  }

  /** Infinity when there is nothing to publish. */
  #publishAtMs(): number {
    if (this.#pending === undefined) {
      return Number.POSITIVE_INFINITY;
    }
    const { sinceMs, lastMs } = this.#pending;
    const quietAtMs = Math.min(lastMs + QUIET_MS, sinceMs + PUBLISH_SPACING_MS);
    return Math.max(quietAtMs, this.#publishedMs + PUBLISH_SPACING_MS);
  }

  #pauseMs(): number {
    const tillPublishedMs = this.#publishAtMs() - this.#nowMs();
    return Math.min(POLL_MS - LOOK_SPACING_MS, Math.max(0, tillPublishedMs));
  }

  #publish(): void {
    const last = this.#snapshot;
    const isFirst = !this.#isLoaded;
    this.#pending = undefined;
    this.#isLoaded = true;
    this.#snapshot = new FolderSnapshot(this.#files.contents, this.#options.key);
    this.#tellProblems();
    const differing = last.differingFrom(this.#snapshot);
    if (isFirst || differing.length === 0) {
      return;
    }
    this.#publishedMs = this.#nowMs();
    this.#options.onChange(differing);
  }

  #tellProblems(): void {
    const before = this.#problems;
    this.#problems = new Set(problemsIn(this.#files.contents));
    for (const problem of this.#problems) {
      if (!before.has(problem)) {
        this.#options.log.warn({ problem }, 'secrets cannot be read; who needs them waits');
      }
    }
  }

  async #look(): Promise<Look> {
    const folders = new Set<string>();
    const look = await lookAtFolder(this.#options.folder, (folder) => {
      folders.add(folder.path);
      if (this.#isWatching) {
        this.#watch.add(folder);
      }
    });
    this.#watch.keepOnly(folders);
    return look;
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }
}
