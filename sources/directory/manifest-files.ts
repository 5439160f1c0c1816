import { realpath } from 'node:fs/promises';
import { classifyHint } from './classify-hint.ts';
import { forEachLimited } from './for-each-limited.ts';
import { findCheckout, findGitOperation } from './git-operation.ts';
import { MANY_HINTS, PARALLEL_CALLS } from './limits.ts';
import { listFiles } from './list-files.ts';
import type { FoundFile, FoundFolder, Listing } from './listing.ts';
import type { ManifestFile } from './manifest-file.ts';
import { codeOf, isHidden, isManifestName, isWithin } from './paths.ts';
import { isUnchanged, readManifestFile, type ReadContext } from './read-manifest-file.ts';

export interface ManifestFilesOptions {
  readonly folder: string;
  /** The wall clock, milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Every folder that is about to be read. */
  readonly onFolder: (folder: FoundFolder) => void;
}

/** What one complete rescan can vouch for. */
export interface Look {
  /** False when the folder itself is not there or cannot be read. */
  readonly isFolderReadable: boolean;
  /** Why nothing may be concluded from what is missing; undefined when every file was looked at in peace. */
  readonly doubt: string | undefined;
}

/** The manifests below one folder, read again only when they changed. */
export class ManifestFiles {
  readonly #options: ManifestFilesOptions;
  #files: ReadonlyMap<string, ManifestFile> = new Map();
  /**
   * Vanished since the last rescan, and before: editors that write by rename make a file vanish for a moment, and it
   * may come back broken.
   */
  #vanished = new Map<string, ManifestFile>();
  #vanishedBefore: ReadonlyMap<string, ManifestFile> = new Map();
  #folders = new Set<string>();
  #obstacles: readonly string[] = [];

  constructor(options: ManifestFilesOptions) {
    this.#options = options;
  }

  get files(): ReadonlyMap<string, ManifestFile> {
    return this.#files;
  }

  /** What is wrong with the folder itself; problems of files stand in the files. */
  get problems(): readonly string[] {
    return this.#obstacles;
  }

  /** Folders entered by the last rescan and since, relative to the root; content folders too. */
  get folders(): ReadonlySet<string> {
    return this.#folders;
  }

  /** Looks at every file below the folder and reads those that changed. Never throws. */
  async rescan(): Promise<Look> {
    try {
      const root = await realpath(this.#options.folder);
      return await this.#rescanRoot(root);
    } catch (error) {
      return this.#loseFolder(codeOf(error));
    }
  }

  /**
   * Reads the named files again, changed or not. Answers whether only a complete rescan can tell what happened.
   * Paths are relative to the root. Never throws.
   */
  async reread(paths: ReadonlySet<string>): Promise<boolean> {
    const root = await realpath(this.#options.folder).catch(() => undefined);
    if (root === undefined || paths.size > MANY_HINTS) {
      return true;
    }
    const files = new Map(this.#files);
    const naming = [...files.values()].filter((file) => file.contentFolders.length > 0);
    const hints = { root, files: this.#files, naming, folders: this.#folders };
    let isRescanNeeded = false;
    await forEachLimited(paths, PARALLEL_CALLS, async (path) => {
      const hint = await classifyHint(path, hints);
      isRescanNeeded ||= hint.isRescanNeeded;
      hint.gone.forEach((gone) => {
        this.#forget(files, gone);
      });
      for (const found of hint.read) {
        files.set(found.path, await this.#read(found, this.#context(root)));
      }
    });
    this.#files = files;
    return isRescanNeeded;
  }

  async #rescanRoot(root: string): Promise<Look> {
    const checkout = await findCheckout(root);
    const before = await findGitOperation(checkout === undefined ? [] : [checkout]);
    this.#folders = new Set();
    const context = this.#context(root);
    const listing = await listFiles('', {
      ...context,
      isSkipped: isHidden,
      isAccepted: isManifestName,
    });
    const rootObstacle = listing.obstacles.find((obstacle) => obstacle.path === '');
    if (rootObstacle !== undefined) {
      return this.#loseFolder(rootObstacle.problem ?? 'it vanished');
    }
    await this.#takeOver(listing, context);
    const entries = checkout === undefined ? [] : [checkout];
    const mark = before ?? (await findGitOperation([...entries, ...listing.gitEntries]));
    return { isFolderReadable: true, doubt: this.#doubt(mark, listing) };
  }

  async #takeOver(listing: Listing, context: ReadContext): Promise<void> {
    const files = new Map<string, ManifestFile>();
    await forEachLimited(listing.files, PARALLEL_CALLS, async (found) => {
      files.set(found.path, await this.#refresh(found, context));
    });
    const unseen = new Set(listing.obstacles.map((obstacle) => obstacle.path));
    const vanished = new Map<string, ManifestFile>();
    for (const [path, file] of this.#files) {
      if (!files.has(path)) {
        (isWithin(path, unseen) ? files : vanished).set(path, file);
      }
    }
    this.#vanishedBefore = this.#vanished;
    this.#vanished = vanished;
    this.#files = files;
    this.#obstacles = listing.obstacles
      .flatMap(({ path, problem }) => (problem === undefined ? [] : [`${path}: ${problem}`]))
      .sort();
  }

  async #refresh(found: FoundFile, context: ReadContext): Promise<ManifestFile> {
    const last = this.#files.get(found.path);
    return last !== undefined && (await isUnchanged(found, last, context))
      ? last
      : this.#read(found, context);
  }

  #read(found: Pick<FoundFile, 'path' | 'realPath'>, context: ReadContext): Promise<ManifestFile> {
    const { path } = found;
    const vanished = this.#vanished.get(path) ?? this.#vanishedBefore.get(path);
    return readManifestFile(found, this.#files.get(path) ?? vanished, context);
  }

  #forget(files: Map<string, ManifestFile>, path: string): void {
    const file = files.get(path);
    if (file !== undefined) {
      this.#vanished.set(path, file);
      files.delete(path);
    }
  }

  #doubt(mark: string | undefined, listing: Listing): string | undefined {
    if (mark !== undefined) {
      return `a Git operation is under way (${mark})`;
    }
    const [obstacle] = listing.obstacles;
    return obstacle && `${obstacle.path} ${obstacle.problem ?? 'vanished while it was looked at'}`;
  }

  #loseFolder(reason: string): Look {
    this.#obstacles = [`the folder ${this.#options.folder} cannot be read: ${reason}`];
    return { isFolderReadable: false, doubt: 'the folder cannot be read' };
  }

  #context(root: string): ReadContext {
    return {
      root,
      nowMs: this.#options.nowMs(),
      onFolder: (folder) => {
        this.#folders.add(folder.path);
        this.#options.onFolder(folder);
      },
    };
  }
}
