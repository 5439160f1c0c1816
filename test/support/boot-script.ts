import type { AgentBundle } from '../../api/agent-messages.ts';
import type { OwnerMarks } from '../../api/launch.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { storeWords } from '../../store/agent-reports.ts';
import { toWordJson } from '../../store/agent-words.ts';
import type { Db } from '../../store/db.ts';
import { agentApiOptions } from '../../cmd/wiring/agent-api.ts';
import type { Instance } from '../../backends/backend.ts';
import type { FakeProvider } from '../fakes/fake-provider.ts';
import { testProvisioning } from './provisioning.ts';

const PROVISIONING = testProvisioning();
const OPTIONS = { listen: { host: '127.0.0.1', port: 7070 } };

/** What the boot script of an instance does with its bootstrap token; undefined when it is refused. */
export async function fetchBundle(
  db: Db,
  { marks }: { readonly marks: Pick<OwnerMarks, 'workspaceUid' | 'attempt' | 'token'> },
): Promise<AgentBundle | undefined> {
  const api = agentApiOptions({ options: OPTIONS, database: { db }, provisioning: PROVISIONING });
  const bootstrap = PROVISIONING.pipeline.key.bootstrapToken(marks.token);
  return await api.bootstrapAgent(marks, sha256Hex(bootstrap));
}

/** Fetches it and keeps it on the disk of the instance. */
export async function bootInstance(
  db: Db,
  provider: FakeProvider,
  instance: Instance,
): Promise<void> {
  const bundle = await fetchBundle(db, instance);
  if (bundle !== undefined) {
    provider.keepFetched(instance.id, bundle.files);
  }
}

/** As boot scripts do it: whoever has no token on its disk that is good fetches another one. */
export async function bootAll(db: Db, provider: FakeProvider): Promise<void> {
  const running = provider
    .liveInstances()
    .filter(({ id, state }) => state === 'running' && provider.bundleOf(id) !== undefined);
  const words = running.map(({ id, marks }) => {
    const token = provider.filesOf(id)['.auth_token'] ?? '';
    return { kind: 'look', uid: marks.workspaceUid, tokenHash: sha256Hex(token) } as const;
  });
  const answers = await storeWords(db, words.map(toWordJson));
  for (const [index, instance] of running.entries()) {
    if (answers[index]?.kind === 'unauthorized') {
      await bootInstance(db, provider, instance);
    }
  }
}
