import { beforeEach } from '@jest/globals';
import { sql } from 'kysely';
import { sha256Hex } from '../../lib/hash.ts';
import { storeCredentials } from '../../store/agent-credentials.ts';
import type { AgentWord, WordAnswer } from '../../store/agent-words.ts';
import { exchangeBootstrap } from '../../store/bootstrap-exchange.ts';
import { inTransaction } from '../../store/db.ts';
import { lead } from '../support/agent-rows.ts';
import { db, heartbeat, say, uid, useAda } from './words.ts';

export const BOOTSTRAP_HASH = sha256Hex('bootstrap-1');

/** To be called once in a test file: as `useAda`, but `ada` fetches its bundle and has nothing but a bootstrap token. */
export function useArmedAda(): void {
  useAda();
  beforeEach(async () => {
    await sql`truncate credentials, activity`.execute(db);
    await arm();
  });
}

/** The first attempt of `ada`. */
export function attempt() {
  return { workspaceUid: uid, attempt: 1 };
}

/** Stores the bootstrap token of the first attempt, as a launch or a start does. */
export async function arm(): Promise<void> {
  const minted = { ...attempt(), tokenHash: BOOTSTRAP_HASH, sealedInboundSecret: 'sealed' };
  await lead(db, (tx) => storeCredentials(tx, { ...minted, isBootstrap: true }));
}

/** Exchanges for `token`; answers whether it was stored. */
export async function exchange(token: string, change: object = {}): Promise<boolean> {
  const given = { ...attempt(), bootstrapHash: BOOTSTRAP_HASH, tokenHash: sha256Hex(token) };
  return await inTransaction(db, (tx) => exchangeBootstrap(tx, { ...given, ...change }));
}

export async function kindOf(word: AgentWord): Promise<WordAnswer['kind'] | undefined> {
  const [answer] = await say(word);
  return answer?.kind;
}

/** Whether it opens what agents ask; asking is no use of it. */
export async function isGood(token: string): Promise<boolean> {
  return (await kindOf({ kind: 'look', tokenHash: sha256Hex(token) })) === 'ok';
}

/** Whether the bootstrap token may be exchanged. */
export async function isArmed(): Promise<boolean> {
  return (await kindOf({ kind: 'bootstrap', tokenHash: BOOTSTRAP_HASH })) === 'ok';
}

/** The agent speaks with it. */
export async function use(token: string): Promise<WordAnswer['kind'] | undefined> {
  return await kindOf(heartbeat({}, token));
}
