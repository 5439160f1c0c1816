import { ConflictError } from '../../lib/errors.ts';
import { findSealedInboundSecret } from '../../store/agent-credentials.ts';
import { listChildren } from '../../store/children.ts';
import type { LaunchRecord } from '../../store/launch-record.ts';
import type { Draft } from '../../provisioning/draft.ts';
import {
  completeEnv,
  renderLaunch as render,
  type RenderedLaunch,
} from '../../provisioning/pipeline.ts';
import { getBackend, type WorkspaceContext } from './context.ts';
import type { Step } from './step.ts';

/**
 * The bundle and the credentials for one call. Throws `PreparationError` naming the step that failed, and `ConflictError` when
 * the declaration cannot be resolved any more. What an instance fetches by itself comes without credentials.
 */
export async function renderLaunch(
  step: Step,
  { workspaceUid, attempt, token, backend }: LaunchRecord,
  context: WorkspaceContext,
): Promise<RenderedLaunch> {
  const { db, pipeline } = context;
  const draft = draftFor(step);
  const env = await completeEnv(draft, pipeline);
  const key = { workspaceUid, attempt };
  const [sealed, children] = await Promise.all([
    findSealedInboundSecret(db, key),
    listChildren(db, workspaceUid),
  ]);
  const isFetched = getBackend(context, backend).bootstraps === true;
  const bootstrap = isFetched && { launchToken: token };
  return render({ draft, env }, { attempt: key, sealed, children, ...bootstrap }, pipeline);
}

/** What this pass has decided from. Throws `ConflictError` when it is not accepted. */
export function draftFor({ acceptance }: Step): Draft {
  if (!acceptance.isAccepted || acceptance.draft === undefined) {
    throw new ConflictError('preparing a launch: the declaration is not resolved');
  }
  return acceptance.draft;
}
