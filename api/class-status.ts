import type { Reason } from './reasons.ts';

/** What was found out about a class, as `treeline get classes -o yaml` shows it; written by the workspace controller alone. */
export interface ClassStatus {
  readonly resolved?: ResolvedClass;
  readonly hold?: ClassHold;
}

/** What the provider says that one generation of the class means: image, zones, sizes. */
export interface ResolvedClass {
  readonly generation: number;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * The provider refuses every launch with this class, for a reason that lies in the account and not in a workspace. Nothing is
 * launched with it until `until`; then one workspace probes. All times are ISO 8601, the database's clock.
 */
export interface ClassHold {
  readonly reason: Extract<Reason, 'VcpuLimitExceeded' | 'Unauthorized'>;
  /** What the provider said last. */
  readonly message: string;
  readonly since: string;
  /** When the next probe is due. */
  readonly until: string;
  readonly lastProbeAt: string;
  /** Refusals in a row. */
  readonly count: number;
  /** A class that was edited since is on hold no more. */
  readonly generation: number;
}
