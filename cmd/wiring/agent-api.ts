import { toRevision } from '../../api/config-revision.ts';
import type { AgentBundle } from '../../api/agent-messages.ts';
import { draftOf } from '../../controllers/workspace/accept.ts';
import { PreparationError } from '../../lib/errors.ts';
import { contextFiles } from '../../provisioning/draft.ts';
import { completeEnv, renderLaunch } from '../../provisioning/pipeline.ts';
import type { AgentApiOptions } from '../../server/registry/options.ts';
import { findSealedInboundSecret } from '../../store/agent-credentials.ts';
import { exchangeBootstrap } from '../../store/bootstrap-exchange.ts';
import { listChildren } from '../../store/children.ts';
import { inTransaction, type Db } from '../../store/db.ts';
import type { AttemptKey } from '../../store/launches.ts';
import { storeFetchedConfig } from '../../store/fetched-config.ts';
import { findWorkspaceView } from '../../store/workspace-view.ts';
import { agentAddresses } from './agent-addresses.ts';
import type { Parts } from './parts.ts';

/** What the agent API gets of the rest. */
export function agentApiOptions(
  parts: BundleParts & { readonly options: Parameters<typeof agentAddresses>[0] },
): AgentApiOptions {
  const { agentNetwork, resolveHost } = agentAddresses(parts.options);
  return {
    ...{ agentNetwork, resolveHost },
    renderAgentBundle: (workspaceUid, attempt) =>
      renderAgentBundle(parts, { workspaceUid, attempt }),
    bootstrapAgent: (key, bootstrapHash) => bootstrapAgent(parts, key, bootstrapHash),
  };
}

type BundleParts = Pick<Parts, 'provisioning'> & {
  readonly database: { readonly db: Db };
};

/** What the agent of an attempt, also one that runs elsewhere, would be started with now, but for its credentials: it has them. */
async function renderAgentBundle(
  parts: BundleParts,
  key: AttemptKey,
): Promise<AgentBundle | undefined> {
  const prepared = await prepare(parts, key);
  if (prepared === undefined) {
    return undefined;
  }
  const { draft, env, children } = prepared;
  const files = { ...draft.files, ...contextFiles(draft, children) };
  await noteFetched(parts, key, draft.configHash);
  return { env, files, configRevision: toRevision(draft.configHash) };
}

/** The same with credentials, as a launch would deliver it. They are stored last, so that what fails before leaves none. */
async function bootstrapAgent(
  parts: BundleParts,
  key: AttemptKey,
  bootstrapHash: string,
): Promise<AgentBundle | undefined> {
  const { database, provisioning } = parts;
  const prepared = await prepare(parts, key);
  if (prepared === undefined) {
    return undefined;
  }
  const { children } = prepared;
  const sealed = await findSealedInboundSecret(database.db, key);
  const source = { attempt: key, sealed, children };
  const { bundle, credentials } = renderLaunch(prepared, source, provisioning.pipeline);
  const { env, files, configHash } = bundle;
  const exchange = { ...key, bootstrapHash, tokenHash: credentials.tokenHash };
  const isStored = await inTransaction(database.db, (tx) => exchangeBootstrap(tx, exchange));
  if (!isStored) {
    return undefined;
  }
  await noteFetched(parts, key, configHash);
  return { env, files, configRevision: toRevision(configHash) };
}

/** Before the answer: an instance that does not get it asks again. */
async function noteFetched(
  { database }: BundleParts,
  key: AttemptKey,
  configHash: string,
): Promise<void> {
  await inTransaction(database.db, (tx) => storeFetchedConfig(tx, key, configHash));
}

/** Undefined when the attempt is over. Throws `PreparationError` when the declaration cannot be resolved, or a mutator fails. */
async function prepare(
  { database: { db }, provisioning }: BundleParts,
  { workspaceUid, attempt }: AttemptKey,
) {
  const view = await findWorkspaceView(db, workspaceUid);
  const open = view?.launches.find(({ state }) => state !== 'closed');
  if (view === undefined || ![open?.attempt, view.record.externalAttempt].includes(attempt)) {
    return undefined;
  }
  const draft = draftOf(view, provisioning);
  if ('reason' in draft) {
    throw new PreparationError(draft.message, { reason: draft.reason });
  }
  const env = await completeEnv(draft, provisioning.pipeline);
  return { draft, env, children: await listChildren(db, workspaceUid) };
}
