import { watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Logger } from '../../lib/logger.ts';
import type { FoundFolder } from './listing.ts';
import { childOf, codeOf } from './paths.ts';

/** Watches one folder, not those below; answers the function that ends it. Throws when the system refuses. */
export type WatchFolder = (
  path: string,
  onChange: (name: string | undefined) => void,
  onError: (error: Error) => void,
) => () => void;

/** `fs.watch`: inotify on Linux. It does not keep the process alive. */
export const watchFolder: WatchFolder = (path, onChange, onError) => {
  const watcher = watch(path, { persistent: false }, (_event, name) => {
    onChange(name ?? undefined);
  });
  watcher.on('error', onError);
  return () => {
    watcher.close();
  };
};

export interface FolderWatchOptions {
  readonly watchFolder: WatchFolder;
  /** Relative path of what changed; undefined when only a complete rescan can tell. */
  readonly onHint: (path: string | undefined) => void;
  readonly log: Pick<Logger, 'warn'>;
}

/** Hints of changes, folder by folder. A folder that cannot be watched is found by the rescans, so it only warns. */
export class FolderWatch {
  readonly #options: FolderWatchOptions;
  readonly #watches = new Map<string, { readonly identity: string; readonly close: () => void }>();
  readonly #warned = new Set<string>();

  constructor(options: FolderWatchOptions) {
    this.#options = options;
  }

  /** Watches `folder`, unless it is watched already; one that took the place of another is watched anew. */
  add(folder: FoundFolder): void {
    const { path, realPath, identity } = folder;
    this.#set(path, { realPath, identity }, (name) => {
      this.#options.onHint(name === undefined ? undefined : childOf(path, name));
    });
  }

  /** Notices when the folder itself, or a link in its place, comes or goes. */
  addPlaceOf(folder: string): void {
    const path = resolve(folder);
    this.#set(PLACE, { realPath: dirname(path), identity: path }, (name) => {
      if (name === undefined || name === basename(path)) {
        this.#options.onHint(undefined);
      }
    });
  }

  /** Ends the watches of folders that are not there any more. */
  keepOnly(paths: ReadonlySet<string>): void {
    for (const path of this.#watches.keys()) {
      if (path !== PLACE && !paths.has(path)) {
        this.#end(path);
      }
    }
  }

  close(): void {
    for (const path of this.#watches.keys()) {
      this.#end(path);
    }
  }

  #set(
    path: string,
    { realPath, identity }: Pick<FoundFolder, 'realPath' | 'identity'>,
    onChange: (name: string | undefined) => void,
  ): void {
    if (this.#watches.get(path)?.identity === identity) {
      return;
    }
    this.#end(path);
    try {
      const close = this.#options.watchFolder(realPath, onChange, (error) => {
        this.#end(path);
        this.#warn(error);
      });
      this.#watches.set(path, { identity, close });
    } catch (error) {
      this.#warn(error);
    }
  }

  #end(path: string): void {
    this.#watches.get(path)?.close();
    this.#watches.delete(path);
  }

  /** ENOSPC and EMFILE: the system has no more watches. Once each, since every folder would say the same. */
  #warn(error: unknown): void {
    const code = codeOf(error);
    if (code !== 'ENOENT' && !this.#warned.has(code)) {
      this.#warned.add(code);
      this.#options.log.warn(
        { code, error },
        'folder cannot be watched, changes wait for a rescan',
      );
    }
  }
}

/** Not a path below the root: no relative path of a folder ends with a slash. */
const PLACE = '../';
