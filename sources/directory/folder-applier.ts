import { messageWithCauses } from '../../lib/error-message.ts';
import { FencedError } from '../../lib/errors.ts';
import { AppliedSet } from './applied-set.ts';
import { describeState } from './describe-state.ts';
import type { ManifestFile } from './manifest-file.ts';
import type { Look } from './manifest-files.ts';
import type { DirectorySourceOptions } from './options.ts';
import { Removals } from './removals.ts';
import { fileOf, resolveDeclarations, type Resolved } from './resolve-declarations.ts';
import { StateReport } from './state-report.ts';

/** What is known of the folder now. */
export interface FolderView {
  readonly files: ReadonlyMap<string, ManifestFile>;
  /** Of the folder itself. */
  readonly problems: readonly string[];
  /** Undefined when only hinted files were read: then nothing can be concluded from what is missing. */
  readonly look: TimedLook | undefined;
}

export interface TimedLook extends Look {
  /** Monotonic milliseconds. */
  readonly beganAtMs: number;
  readonly endedAtMs: number;
}

export type FolderApplierOptions = Omit<
  DirectorySourceOptions,
  'folder' | 'clock' | 'rescanSeconds' | 'watchFolder'
> & { readonly secondLookSeconds: number };

/** Makes the apply set what the folder declares: decides with what it remembers, then calls the store. */
export class FolderApplier {
  readonly #options: FolderApplierOptions;
  readonly #set: AppliedSet;
  readonly #report: StateReport;
  #removals: Removals | undefined;
  #holders: ReadonlyMap<string, string> = new Map();
  #isFolderReadable = true;

  constructor(options: FolderApplierOptions) {
    this.#options = options;
    this.#set = new AppliedSet(options);
    this.#report = new StateReport(options);
  }

  /**
   * One step towards what the folder declares; hints before the first look are ignored. Answers whether something waits
   * for another look. Throws what the store throws, and forgets nothing then: the next call goes on.
   */
  async settle(view: FolderView): Promise<boolean> {
    const removals = view.look === undefined ? this.#removals : await this.#refresh();
    if (removals === undefined) {
      return false;
    }
    const resolved = resolveDeclarations(view.files.values(), this.#holders);
    this.#holders = resolved.holders;
    if (view.look === undefined) {
      removals.notice(resolved.mentioned);
    } else {
      await this.#decide(removals, resolved, view.look);
    }
    const failure = await this.#apply(removals, resolved, view.look !== undefined);
    await this.#tell(removals, [...view.problems, ...resolved.problems], failure);
    if (failure !== undefined) {
      throw failure;
    }
    return removals.decision.kind !== 'Nothing';
  }

  async #refresh(): Promise<Removals> {
    await this.#set.refresh();
    this.#removals ??= await this.#start();
    return this.#removals;
  }

  async #start(): Promise<Removals> {
    const isHeld = (await this.#options.readState()) === 'Held';
    const { owned } = this.#set;
    // Who had an object first is known from before the restart, so a newcomer cannot take it over meanwhile.
    this.#holders = new Map(
      [...owned].flatMap(([key, { origin }]) => (origin === null ? [] : [[key, fileOf(origin)]])),
    );
    return new Removals({ secondLookMs: this.#options.secondLookSeconds * 1000, owned, isHeld });
  }

  async #decide(removals: Removals, resolved: Resolved, look: TimedLook): Promise<void> {
    this.#isFolderReadable = look.isFolderReadable;
    const broken = resolved.brokenFile && `${resolved.brokenFile} cannot be used`;
    const isHeld = removals.held !== undefined;
    removals.decide({
      owned: this.#set.owned,
      mentioned: resolved.mentioned,
      doubt: look.doubt ?? broken,
      beganAtMs: look.beganAtMs,
      endedAtMs: look.endedAtMs,
      confirmedDigest: isHeld ? await this.#options.readConfirmedDigest() : undefined,
    });
  }

  /** Answers a failure instead of throwing it, so that people can be told first. */
  async #apply(
    removals: Removals,
    { declared }: Resolved,
    isComplete: boolean,
  ): Promise<Error | undefined> {
    const { due } = removals;
    if (due.length > 0) {
      this.#options.log.info({ action: 'Remove', objects: due }, 'removing what is not declared');
    }
    try {
      const results = await this.#set.apply(declared, due, isComplete);
      removals.finish();
      if (results.length > 0) {
        this.#options.onApplied(results);
      }
      return undefined;
    } catch (error) {
      if (error instanceof FencedError) {
        throw error;
      }
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async #tell(
    removals: Removals,
    problems: readonly string[],
    failure: Error | undefined,
  ): Promise<void> {
    const failed = failure && `applying failed, tried again: ${messageWithCauses(failure)}`;
    await this.#report.report(
      describeState({
        isFolderReadable: this.#isFolderReadable,
        decision: removals.decision,
        held: removals.held,
        problems: [...(failed === undefined ? [] : [failed]), ...problems, ...this.#set.refusals],
      }),
    );
  }
}
