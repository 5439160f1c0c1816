import { toRevision } from '../../api/config-revision.ts';
import type { AgentBundle } from '../../api/agent-messages.ts';
import { draftOf } from '../../controllers/workspace/accept.ts';
import { contextFiles } from '../../provisioning/draft.ts';
import { completeEnv } from '../../provisioning/pipeline.ts';
import type { AgentApiOptions } from '../../server/registry/options.ts';
import { listChildren } from '../../store/children.ts';
import { findWorkspaceView } from '../../store/workspace-view.ts';
import { agentAddresses } from './agent-addresses.ts';
import type { Parts } from './parts.ts';

/** What the agent API gets of the rest. */
export function agentApiOptions(
  parts: Pick<Parts, 'options' | 'database' | 'provisioning'>,
): AgentApiOptions {
  const { agentNetwork, resolveHost } = agentAddresses(parts.options);
  return {
    ...{ agentNetwork, resolveHost },
    renderAgentBundle: (uid, attempt) => renderAgentBundle(parts, uid, attempt),
  };
}

/**
 * What the agent of an attempt, also one that runs elsewhere, would be started with now, but for its credentials: it has them. Undefined when the declaration
 * cannot be resolved, or the attempt is over. Throws `PreparationError` when a mutator fails.
 */
async function renderAgentBundle(
  { database: { db }, provisioning }: Pick<Parts, 'database' | 'provisioning'>,
  uid: string,
  attempt: number,
): Promise<AgentBundle | undefined> {
  const view = await findWorkspaceView(db, uid);
  const open = view?.launches.find(({ state }) => state !== 'closed');
  if (view === undefined || ![open?.attempt, view.record.externalAttempt].includes(attempt)) {
    return undefined;
  }
  const draft = draftOf(view, provisioning);
  if ('reason' in draft) {
    return undefined;
  }
  const env = await completeEnv(draft, provisioning.pipeline);
  const files = { ...draft.files, ...contextFiles(draft, await listChildren(db, uid)) };
  return { env, files, configRevision: toRevision(draft.configHash) };
}
