import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { RUN_BOUNDARY } from '../../api/run-boundary.ts';
import { EXIT_LOG_BYTES, LOG_ROTATION_BYTES } from './limits.ts';
import { wholeLines } from './log-reader.ts';

export interface AgentLogOptions {
  readonly path: string;
  readonly oldPath: string;
  /** Default `LOG_ROTATION_BYTES`. */
  readonly rotateAt?: number;
}

/**
 * What an agent writes. A full or broken disk loses lines and never stops the agent: every failure is swallowed, and
 * the next line is tried anew.
 */
export class AgentLog {
  readonly #options: AgentLogOptions;
  #file: number | undefined;
  #size = 0;
  #end = Buffer.alloc(0);
  #hasBegun = false;

  constructor(options: AgentLogOptions) {
    this.#options = options;
  }

  write(chunk: Buffer): void {
    this.#end = Buffer.concat([this.#end, chunk]).subarray(-EXIT_LOG_BYTES - 1);
    try {
      this.#append(chunk);
    } catch {
      this.close();
    }
  }

  /**
   * The last whole lines of this run, at most 4 KiB, also when the disk took none of them: half a line may begin with half a
   * secret, which nobody would recognise.
   */
  end(): string {
    return wholeLines(this.#end, EXIT_LOG_BYTES);
  }

  close(): void {
    const file = this.#file;
    this.#file = undefined;
    try {
      if (file !== undefined) {
        closeSync(file);
      }
    } catch {
      // It is gone all the same.
    }
  }

  #append(chunk: Buffer): void {
    if (this.#file !== undefined && this.#size >= (this.#options.rotateAt ?? LOG_ROTATION_BYTES)) {
      this.close();
      renameSync(this.#options.path, this.#options.oldPath);
    }
    if (this.#file === undefined) {
      this.#file = openSync(this.#options.path, 'a', 0o600);
      this.#size = fstatSync(this.#file).size;
      this.#begin(this.#file);
    }
    this.#size += writeSync(this.#file, chunk);
  }

  /** What an earlier run left in the file is told apart from what this one writes. */
  #begin(file: number): void {
    if (!this.#hasBegun && this.#size > 0) {
      this.#size += writeSync(file, `${RUN_BOUNDARY}\n`);
    }
    this.#hasBegun = true;
  }
}
