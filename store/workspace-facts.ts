/** Values are times or any other text; only a change counts. */
export interface WorkspaceRequests {
  readonly restartRequestedAt?: string;
  /** The restart that also forgets the session: state is emptied before the start. */
  readonly resetSessionAt?: string;
  readonly reconcileRequestedAt?: string;
  readonly hibernateRequestedAt?: string;
  /** `true`: also with active tasks. */
  readonly hibernateForced?: string;
  readonly wakeRequestedAt?: string;
}

/** Idle, and stopped for it (docs/adr/0004). Times are ISO 8601, the database's. */
export interface Hibernation {
  /** From here on the agent is told to drain. */
  readonly claimedAt: string;
  readonly reason: 'Idle' | 'Requested';
  /** The wake request that was known at the claim; a newer one wakes it. */
  readonly wakeRequest?: string;
}

export interface WorkspaceFailures {
  readonly count: number;
  readonly lastReason: string;
  readonly lastMessage: string;
  /** ISO 8601. */
  readonly lastAt: string;
  /** The count speaks for this generation and this request to reconcile; a newer one starts afresh. */
  readonly generation: number;
  readonly reconcileRequestedAt?: string;
  /** Evidence, when the failure was an exit. */
  readonly exit?: {
    readonly attempt: number;
    readonly code?: number;
    readonly signal?: string;
    readonly at: string;
    readonly log: string;
  };
}
