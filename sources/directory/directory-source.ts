import { backoffSeconds } from '../../lib/backoff.ts';
import { messageWithCauses } from '../../lib/error-message.ts';
import { FencedError } from '../../lib/errors.ts';
import type { Source } from '../source.ts';
import { FolderApplier, type TimedLook } from './folder-applier.ts';
import { FolderWatch, watchFolder } from './folder-watch.ts';
import { Hints } from './hints.ts';
import { RESCAN_SECONDS, RESCAN_SPACING_MS, RETRY_SECONDS, SECOND_LOOK_SECONDS } from './limits.ts';
import { ManifestFiles } from './manifest-files.ts';
import type { DirectorySourceOptions } from './options.ts';
import { Wakeup } from './wakeup.ts';

/**
 * A folder of manifests, or a Git checkout, as the source of an apply set (design §4). Changes act at once through
 * watches; the complete rescan is the truth. Nothing is removed on a hint.
 */
export class DirectorySource implements Source {
  readonly applySetName: string;
  readonly #options: DirectorySourceOptions;
  readonly #rescanSeconds: number;
  readonly #secondLookSeconds: number;
  readonly #files: ManifestFiles;
  readonly #applier: FolderApplier;
  readonly #watch: FolderWatch;
  readonly #hints: Hints;
  readonly #wakeup: Wakeup;
  #rescanAtMs = 0;
  #retryAtMs = 0;
  #failures = 0;
  #rescannedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: DirectorySourceOptions) {
    const { clock, log, folder } = options;
    this.#options = options;
    this.applySetName = options.applySetName;
    this.#rescanSeconds = options.rescanSeconds ?? RESCAN_SECONDS;
    this.#secondLookSeconds = options.secondLookSeconds ?? SECOND_LOOK_SECONDS;
    this.#wakeup = new Wakeup(clock);
    this.#hints = new Hints(clock, () => {
      this.#wakeup.wake();
    });
    this.#watch = new FolderWatch({
      watchFolder: options.watchFolder ?? watchFolder,
      onHint: (path) => {
        this.#hints.add(path);
      },
      log,
    });
    this.#files = new ManifestFiles({
      folder,
      nowMs: () => clock.now().getTime(),
      onFolder: (found) => {
        this.#watch.add(found);
      },
    });
    this.#applier = new FolderApplier({ ...options, secondLookSeconds: this.#secondLookSeconds });
  }

  /** As soon as possible, e.g. because a person has confirmed what is held. */
  rescanSoon(): void {
    this.#hints.add(undefined);
  }

  async run(signal: AbortSignal, tick: () => void): Promise<void> {
    this.#watch.addPlaceOf(this.#options.folder);
    this.#rescanAtMs = this.#nowMs();
    try {
      while (!signal.aborted) {
        if (await this.#pass()) {
          tick();
        }
        await this.#wakeup.wait(Math.max(0, this.#rescanAtMs - this.#nowMs()), signal);
      }
    } finally {
      this.#watch.close();
      this.#hints.close();
    }
  }

  /** Answers whether all went well. */
  async #pass(): Promise<boolean> {
    const { paths, isRescanWanted } = this.#hints.take();
    const isDue = this.#nowMs() >= this.#rescanAtMs;
    if (isRescanWanted || (!isDue && paths.size > 0 && (await this.#files.reread(paths)))) {
      this.#askForRescan();
    }
    if (this.#nowMs() >= this.#rescanAtMs) {
      return this.#settle(await this.#rescan());
    }
    return this.#failures === 0 && (paths.size === 0 || this.#settle(undefined));
  }

  async #rescan(): Promise<TimedLook> {
    const beganAtMs = this.#nowMs();
    const look = await this.#files.rescan();
    this.#watch.keepOnly(this.#files.folders);
    this.#rescannedAtMs = this.#nowMs();
    return { ...look, beganAtMs, endedAtMs: this.#rescannedAtMs };
  }

  /** Never before the next try after a failure: the store is given time, and the rescan of that try finds everything. */
  #askForRescan(): void {
    const soonestMs = Math.max(this.#rescannedAtMs + RESCAN_SPACING_MS, this.#retryAtMs);
    this.#rescanAtMs = Math.min(this.#rescanAtMs, soonestMs);
  }

  async #settle(look: TimedLook | undefined): Promise<boolean> {
    const { files, problems } = this.#files;
    try {
      const isWaiting = await this.#applier.settle({ files, problems, look });
      this.#failures = 0;
      this.#plan(look !== undefined, isWaiting);
      return true;
    } catch (error) {
      if (error instanceof FencedError) {
        throw error;
      }
      this.#retry(error instanceof Error ? messageWithCauses(error) : String(error));
      return false;
    }
  }

  #plan(isLook: boolean, isWaiting: boolean): void {
    const seconds = isWaiting ? this.#secondLookSeconds : this.#rescanSeconds;
    if (isLook) {
      this.#rescanAtMs = this.#nowMs() + seconds * 1000;
    }
  }

  #retry(reason: string): void {
    this.#failures += 1;
    const seconds = backoffSeconds({
      failures: this.#failures,
      initialSeconds: RETRY_SECONDS,
      maxSeconds: this.#rescanSeconds,
      jitter: 0,
      random: () => 0,
    });
    this.#retryAtMs = this.#nowMs() + seconds * 1000;
    this.#rescanAtMs = this.#retryAtMs;
    this.#options.log.warn({ reason, retryAfterSeconds: seconds }, 'applying the folder failed');
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }
}
