import type { Dirent } from 'node:fs';
import { lstat, readdir, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { forEachLimited } from './for-each-limited.ts';
import { PARALLEL_CALLS } from './limits.ts';
import { stampOf, type Listing, type ListingRules } from './listing.ts';
import { childOf, codeOf, isInside } from './paths.ts';

/**
 * Every accepted file below the folder `start` (relative to the root), recursively. Links that stay inside the root
 * are followed, each real file and folder once: what is reached without a link keeps that name, so the answer does
 * not depend on the order of entries. Never throws: what could not be read is an obstacle.
 */
export async function listFiles(start: string, rules: ListingRules): Promise<Listing> {
  const walk = new Walk(rules);
  await walk.enter([start]);
  await walk.followLinks();
  return walk.listing;
}

class Walk {
  readonly listing: Listing = { files: [], gitEntries: [], obstacles: [] };
  readonly #rules: ListingRules;
  readonly #seen = new Set<string>();
  #links: string[] = [];

  constructor(rules: ListingRules) {
    this.#rules = rules;
  }

  /** Folder by folder, one level after the other, so that deep trees need no deep stack. */
  async enter(paths: readonly string[]): Promise<void> {
    for (let level = paths; level.length > 0;) {
      const below: string[] = [];
      await forEachLimited(level, PARALLEL_CALLS, async (path) => {
        below.push(...(await this.#readFolder(path)));
      });
      level = below;
    }
  }

  async followLinks(): Promise<void> {
    while (this.#links.length > 0) {
      const links = this.#links.sort();
      this.#links = [];
      // One after the other: of two links to one folder the first by name counts, not the faster one.
      for (const path of links) {
        await this.#followLink(path);
      }
    }
  }

  /** Answers the folders below. */
  async #readFolder(path: string): Promise<string[]> {
    const below: string[] = [];
    await this.#guarded(path, async () => {
      const realPath = await realpath(join(this.#rules.root, path));
      if (!isInside(this.#rules.root, realPath)) {
        this.#refuse(path, 'link leaves the folder, refused');
        return;
      }
      if (this.#isFirst(realPath)) {
        const { dev, ino, birthtimeMs } = await lstat(realPath);
        this.#rules.onFolder({ path, realPath, identity: `${dev}:${ino}:${birthtimeMs}` });
        below.push(...(await this.#readEntries(path, realPath)));
      }
    });
    return below;
  }

  async #readEntries(path: string, realPath: string): Promise<string[]> {
    const entries = await readdir(realPath, { withFileTypes: true });
    const files = entries.filter((entry) => this.#isFileToRead(entry));
    await forEachLimited(files, PARALLEL_CALLS, (entry) =>
      this.#addFile(childOf(path, entry.name), join(realPath, entry.name)),
    );
    for (const entry of entries) {
      this.#sort(entry, childOf(path, entry.name), join(realPath, entry.name));
    }
    return entries
      .filter((entry) => entry.isDirectory() && !this.#rules.isSkipped(entry.name))
      .map((entry) => childOf(path, entry.name));
  }

  #sort(entry: Dirent, path: string, realPath: string): void {
    if (entry.name === '.git') {
      this.listing.gitEntries.push(realPath);
    } else if (entry.isSymbolicLink() && !this.#rules.isSkipped(entry.name)) {
      this.#links.push(path);
    } else if (isSpecial(entry) && this.#rules.isAccepted(entry.name)) {
      this.#refuse(path, 'not a regular file');
    }
  }

  #isFileToRead(entry: Dirent): boolean {
    const { isSkipped, isAccepted } = this.#rules;
    return entry.isFile() && !isSkipped(entry.name) && isAccepted(entry.name);
  }

  async #addFile(path: string, realPath: string): Promise<void> {
    await this.#guarded(path, async () => {
      const stats = await lstat(realPath);
      if (this.#isFirst(realPath)) {
        const changedAtMs = Math.max(stats.mtimeMs, stats.ctimeMs);
        this.listing.files.push({ path, realPath, stamp: stampOf(stats), changedAtMs });
      }
    });
  }

  async #followLink(path: string): Promise<void> {
    try {
      const realPath = await realpath(join(this.#rules.root, path));
      await this.#followTo(realPath, path);
    } catch (error) {
      this.#refuse(path, `link cannot be followed: ${codeOf(error)}`);
    }
  }

  async #followTo(realPath: string, path: string): Promise<void> {
    const stats = await lstat(realPath);
    if (stats.isDirectory()) {
      await this.enter([path]);
    } else if (!this.#rules.isAccepted(basename(path))) {
      return;
    } else if (!isInside(this.#rules.root, realPath)) {
      this.#refuse(path, 'link leaves the folder, refused');
    } else if (stats.isFile()) {
      await this.#addFile(path, realPath);
    } else {
      this.#refuse(path, 'not a regular file');
    }
  }

  #isFirst(realPath: string): boolean {
    return this.#seen.size < this.#seen.add(realPath).size;
  }

  #refuse(path: string, problem: string | undefined): void {
    this.listing.obstacles.push({ path, problem });
  }

  async #guarded(path: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const code = codeOf(error);
      this.#refuse(path, code === 'ENOENT' ? undefined : `cannot be read: ${code}`);
    }
  }
}

function isSpecial(entry: Dirent): boolean {
  return !entry.isFile() && !entry.isDirectory() && !entry.isSymbolicLink();
}
