import { agentConnecting } from '../../cmd/wiring/agent-connecting.ts';
import { storeWords } from '../../store/agent-reports.ts';
import { findSealedInboundSecret } from '../../store/agent-credentials.ts';
import { toWordJson, type HeartbeatWord, type WordAnswer } from '../../store/agent-words.ts';
import { inTransaction } from '../../store/db.ts';
import { lockExternalAttempt, storeConnection } from '../../store/external-agents.ts';
import { findWorkspace } from '../../store/workspaces.ts';
import { sha256Hex } from '../../lib/hash.ts';
import type { Harness } from './harness.ts';
import { testProvisioning } from './provisioning.ts';

const { mint } = agentConnecting(testProvisioning());

/** An agent that runs elsewhere and was connected as an operator does it. */
export class ExternalAgent {
  readonly #harness: Harness;
  readonly #uid: string;
  readonly #token: string;

  private constructor(harness: Harness, uid: string, token: string) {
    this.#harness = harness;
    this.#uid = uid;
    this.#token = token;
  }

  /** Throws when no agent can connect to the workspace. */
  static async connect(harness: Harness, name: string): Promise<ExternalAgent> {
    const { uid } = (await findWorkspace(harness.db, 'default', name)) ?? { uid: '' };
    const token = await inTransaction(harness.db, async (tx) => {
      const key = await lockExternalAttempt(tx, uid);
      if (key === undefined) {
        throw new Error(`no agent can connect to ${name}`);
      }
      const minted = mint(key, await findSealedInboundSecret(tx, key));
      await storeConnection(tx, { ...key, ...minted });
      return minted.token;
    });
    return new ExternalAgent(harness, uid, token);
  }

  /** One heartbeat, and what the API does after it. */
  async beat(change: Partial<HeartbeatWord> = {}): Promise<WordAnswer | undefined> {
    await this.#harness.syncTime();
    const word: HeartbeatWord = {
      ...{ kind: 'heartbeat', uid: this.#uid, tokenHash: sha256Hex(this.#token) },
      ...{ errorRate: 0, activeTasks: 0, monthlySpendCents: 0, runtimeState: '' },
      ...change,
    };
    const [answer] = await storeWords(this.#harness.db, [toWordJson(word)]);
    this.#harness.process.leader.enqueue([this.#uid]);
    return answer;
  }
}
