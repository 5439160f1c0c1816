/** What every instance of ours carries, set in the launch call; a user's own tags can never replace them. */
export interface OwnerMarks {
  readonly installationId: string;
  readonly workspaceUid: string;
  readonly namespace: string;
  readonly name: string;
  readonly attempt: number;
  readonly token: string;
  readonly className: string;
}

/** Frozen in the launch row as JSON; the backend that made them reads them back. No secrets. */
export interface LaunchParameters {
  /** Where the token is valid (EC2: the zone); part of the token. Backends without zones give ''. */
  readonly placement: string;
  /** What it counts in the quota of its class, where only the backend knows; 1000 is one vCPU. */
  readonly milliCpus?: number;
  /** Everything else the backend needs to send the same call again, byte for byte. */
  readonly details: Readonly<Record<string, unknown>>;
}

declare const counted: unique symbol;

/**
 * The permission to send one launch call. `countCall` of `store/launches.ts` alone hands it out, after the row
 * with these frozen parameters and the count of this call are committed.
 */
export interface LaunchIntent {
  readonly [counted]: true;
  readonly marks: OwnerMarks;
  readonly token: string;
  readonly parameters: LaunchParameters;
}

declare const prepared: unique symbol;

/** What one attempt will be launched with. `provisioning/pipeline.ts` alone makes it, after its last step. */
export interface PreparedLaunch {
  readonly [prepared]: true;
  readonly workspaceUid: string;
  readonly namespace: string;
  readonly name: string;
  readonly className: string;
  /** Key of the backend that will be asked. */
  readonly backend: string;
  readonly parameters: LaunchParameters;
  /** What it counts in the quota of its class; 1000 is one vCPU. */
  readonly milliCpus: number;
  readonly inputsHash: string;
  readonly configHash: string;
}
