import type { Backend } from '../../backends/backend.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Metrics } from '../../lib/metrics.ts';
import type { RunOptions } from '../options.ts';
import type { Database } from './database.ts';
import type { Provisioning } from './leader.ts';
import type { Installation } from './installation.ts';

/** What `treeline run` gets of the process it runs in. */
export interface ControllerSurroundings {
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly workingDirectory: string;
  /** `PATH` for the agents. */
  readonly path: string;
  readonly colours: boolean;
}

/** Whether this process is sure to lead for so long; nobody leads before there is an election. */
export interface Lease {
  outlives: (seconds: number) => boolean;
}

/** What is opened before anything runs. */
export interface Parts {
  readonly options: RunOptions;
  readonly surroundings: ControllerSurroundings;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly database: Database;
  readonly installation: Installation;
  readonly provisioning: Provisioning;
  readonly lease: Lease;
  readonly backends: ReadonlyMap<string, Backend>;
  /** Removes what backends keep of instances that ended before `olderThan`. */
  readonly sweepBackends: (olderThan: Date) => Promise<void>;
}
