import { ConflictError } from '../../lib/errors.ts';
import { findSealedInboundSecret } from '../../store/agent-credentials.ts';
import { listChildren } from '../../store/children.ts';
import type { AttemptKey } from '../../store/launches.ts';
import type { Draft } from '../../provisioning/draft.ts';
import {
  completeEnv,
  renderLaunch as render,
  type RenderedLaunch,
} from '../../provisioning/pipeline.ts';
import { draftOf } from './accept.ts';
import type { WorkspaceContext } from './context.ts';
import type { Step } from './step.ts';

/**
 * The bundle and the credentials for one call. Throws `PreparationError` naming the step that failed, and `ConflictError` when
 * the declaration cannot be resolved any more.
 */
export async function renderLaunch(
  step: Step,
  { workspaceUid, attempt }: AttemptKey,
  context: WorkspaceContext,
): Promise<RenderedLaunch> {
  const { db, pipeline } = context;
  const draft = draftFor(step, context);
  const env = await completeEnv(draft, pipeline);
  const key = { workspaceUid, attempt };
  const [sealed, children] = await Promise.all([
    findSealedInboundSecret(db, key),
    listChildren(db, workspaceUid),
  ]);
  return render({ draft, env }, { attempt: key, sealed, children }, pipeline);
}

/** Throws `ConflictError` when the declaration cannot be resolved. */
export function draftFor({ view }: Step, context: WorkspaceContext): Draft {
  const draft = draftOf(view, context);
  if ('reason' in draft) {
    throw new ConflictError(`preparing a launch: ${draft.message}`, { reason: draft.reason });
  }
  return draft;
}
