import { DirectorySource } from '../../../sources/directory/directory-source.ts';
import type { WatchFolder } from '../../../sources/directory/folder-watch.ts';
import type { DirectoryStore } from '../../../sources/directory/options.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { MemoryStore } from './memory-store.ts';
import { sourceOptions } from './source-options.ts';
import { TemporaryFolder } from './temporary-folder.ts';
import { until } from './until.ts';

/** Far ahead of every file: their stamps are trusted from the first reading on. */
const LATER_THAN_FILES = new Date('2100-01-01T00:00:00Z');

const NO_WATCH: WatchFolder = () => () => undefined;

/** A directory source over a real folder, in virtual time and without watches: only rescans look. */
export class FolderHarness implements AsyncDisposable {
  readonly folder: TemporaryFolder;
  readonly store = new MemoryStore();
  readonly clock = new VirtualClock(LATER_THAN_FILES);
  readonly log: { readonly message: string; readonly fields: object }[] = [];
  #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  readonly #given: Partial<DirectoryStore>;

  private constructor(folder: TemporaryFolder, given: Partial<DirectoryStore>) {
    this.folder = folder;
    this.#given = given;
  }

  /** Files are path to content; the first rescan is done when this resolves. The store is in memory, or as given. */
  static async start(
    files: Readonly<Record<string, string>> = {},
    given: Partial<DirectoryStore> = {},
  ): Promise<FolderHarness> {
    const harness = new FolderHarness(await TemporaryFolder.create(), given);
    for (const [path, content] of Object.entries(files)) {
      await harness.folder.write(path, content);
    }
    await harness.begin();
    return harness;
  }

  /** Starts the source and lets it look once. */
  async begin(): Promise<void> {
    const record = (fields: object, message: string): void => {
      this.log.push({ message, fields });
    };
    const source = new DirectorySource(
      sourceOptions(this.store, {
        folder: this.folder.path,
        clock: this.clock,
        log: { info: record, warn: record },
        watchFolder: NO_WATCH,
        ...this.#given,
      }),
    );
    this.#stop = new AbortController();
    this.#running = source.run(this.#stop.signal, () => undefined);
    await this.#idle();
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** A new process on the same folder and database. */
  async restart(): Promise<void> {
    await this.end();
    await this.begin();
  }

  /** Lets time pass, and what is due then be done. */
  async pass(seconds: number): Promise<void> {
    for (let left = seconds; left > 0; left -= 1) {
      await this.clock.advance(Math.min(left, 1) * 1000);
      await this.#idle();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    await this.folder[Symbol.asyncDispose]();
  }

  /** The source sleeps only between passes; within one it waits for the file system, which virtual time cannot. */
  #idle(): Promise<void> {
    return until(() => this.clock.pendingTimers > 0);
  }
}
