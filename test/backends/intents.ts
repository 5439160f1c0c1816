import { createHash, randomUUID } from 'node:crypto';
import type { Backend, Bundle, LaunchIntent } from '../../backends/backend.ts';
import type { WorkspaceClassSpec } from '../../api/workspace-class.ts';

export const INSTALLATION_ID = 'installation-under-test';

export interface IntentOptions {
  readonly workspaceUid?: string;
  readonly attempt?: number;
  readonly runtime?: string;
  readonly name?: string;
  readonly installationId?: string;
}

/** An intent as the pipeline and the store make it: resolved by the backend, with a token that follows from its marks. */
export async function intentFor(
  backend: Backend,
  classSpec: WorkspaceClassSpec,
  options: IntentOptions = {},
): Promise<LaunchIntent> {
  const workspaceUid = options.workspaceUid ?? randomUUID();
  const { attempt = 1, runtime = 'agent', name = 'demo' } = options;
  const installationId = options.installationId ?? INSTALLATION_ID;
  const token = createHash('sha256')
    .update(`${installationId}|${workspaceUid}|${String(attempt)}`)
    .digest('hex');
  const request = { workspaceUid, namespace: 'default', name, className: 'local', tier: 2 };
  const parameters = await backend.resolve({
    ...{ ...request, classSpec, runtime },
    platformUrl: 'http://127.0.0.1:7070',
  });
  const intent: Pick<LaunchIntent, 'marks' | 'token' | 'parameters'> = {
    marks: {
      installationId,
      workspaceUid,
      namespace: 'default',
      name,
      attempt,
      token,
      className: 'local',
    },
    token,
    // As it comes back from the launch row.
    parameters: JSON.parse(JSON.stringify(parameters)) as typeof parameters,
  };
  // Only the store may hand out an intent; here there is no store.
  return intent as LaunchIntent;
}

export function bundle(overrides: Partial<Bundle> = {}): Bundle {
  return { env: {}, files: {}, configHash: 'config-1', ...overrides };
}
