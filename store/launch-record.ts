import type { LaunchParameters } from '../api/launch.ts';
import type { LaunchState } from './tables.ts';

/** One attempt to launch, as its row says. */
export interface LaunchRecord {
  readonly workspaceUid: string;
  readonly attempt: number;
  readonly namespace: string;
  readonly name: string;
  readonly className: string;
  /** Key of the backend that was asked. */
  readonly backend: string;
  readonly token: string;
  readonly parameters: LaunchParameters;
  /** '' when it is not known: adopted after the database was lost. Never counts as drift. */
  readonly inputsHash: string;
  /** '' when it is not known. */
  readonly configHash: string;
  readonly state: LaunchState;
  /** Credentials were minted for it, so an agent of it can register. */
  readonly hasCredentials: boolean;
  readonly callsInDoubt: number;
  /** On the database's clock. */
  readonly lastSentAt?: Date;
  readonly refused?: { readonly reason: string; readonly message: string };
  readonly instanceId?: string;
  readonly createdAt: Date;
  readonly launchedAt?: Date;
}

/** A row of `launches` after `to_jsonb`: times are ISO text. */
export interface LaunchRow {
  readonly workspace_uid: string;
  readonly attempt: number;
  readonly namespace: string;
  readonly name: string;
  readonly class_name: string;
  readonly backend: string;
  readonly token: string;
  readonly params: LaunchParameters;
  readonly inputs_hash: string;
  readonly config_hash: string;
  readonly state: LaunchState;
  readonly calls_in_doubt: number;
  readonly last_sent_at: string | null;
  readonly refused: { readonly reason: string; readonly message: string } | null;
  readonly instance_id: string | null;
  readonly created_at: string;
  readonly launched_at: string | null;
  /** Where the reader asked for it. */
  readonly has_credentials?: boolean;
}

export function toLaunchRecord(row: LaunchRow): LaunchRecord {
  return {
    workspaceUid: row.workspace_uid,
    attempt: row.attempt,
    namespace: row.namespace,
    name: row.name,
    className: row.class_name,
    backend: row.backend,
    token: row.token,
    parameters: row.params,
    inputsHash: row.inputs_hash,
    configHash: row.config_hash,
    state: row.state,
    hasCredentials: row.has_credentials ?? false,
    callsInDoubt: row.calls_in_doubt,
    ...(row.last_sent_at !== null && { lastSentAt: new Date(row.last_sent_at) }),
    ...(row.refused !== null && { refused: row.refused }),
    ...(row.instance_id !== null && { instanceId: row.instance_id }),
    createdAt: new Date(row.created_at),
    ...(row.launched_at !== null && { launchedAt: new Date(row.launched_at) }),
  };
}
