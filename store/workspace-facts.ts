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

/** It was stopped, or is about to be, because nobody needs it now (docs/adr/0004). A fact of the controller, not spec. */
export interface Hibernation {
  /** ISO 8601, the database's clock. From here on the agent is told to drain. */
  readonly claimedAt: string;
  readonly reason: 'Declared' | 'Requested' | 'Idle';
  /** Active tasks are no reason to wait. */
  readonly isForced?: boolean;
  /** What had been declared and asked for at the claim; only what is newer counts. */
  readonly generation: number;
  readonly wakeRequest?: string;
  readonly request?: string;
  /** It was started again since. */
  readonly wokenAt?: string;
}

export interface WorkspaceFailures {
  /** Of any kind, in a row: what the next wait grows with. */
  readonly count: number;
  /** Agents that never registered, in a row and with no other failure in between; absent: the last failure was another. */
  readonly timeOuts?: number;
  readonly lastReason: string;
  readonly lastMessage: string;
  /** ISO 8601. */
  readonly lastAt: string;
  /** The count speaks for this generation and this request to reconcile; a newer one starts afresh. */
  readonly generation: number;
  readonly reconcileRequestedAt?: string;
  /** The inputs of the launch that the provider will never accept. */
  readonly stuckInputsHash?: string;
  /** Evidence, when the failure was an exit. */
  readonly exit?: {
    readonly attempt: number;
    readonly code?: number;
    readonly signal?: string;
    readonly at: string;
    readonly log: string;
  };
}
