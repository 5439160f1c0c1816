import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { sha256Hex } from '../../lib/hash.ts';
import type { AgentWord } from '../../store/agent-words.ts';
import type { Harness } from '../support/harness.ts';
import type { PlayedAgents } from '../support/played-agents.ts';
import { assertPromise } from './broken-promise.ts';
import type { LateWord, Step } from './step.ts';

/** What agents do; false when the step is about something else. Throws `BrokenPromiseError`. */
export async function playAgentStep(
  harness: Harness,
  agents: PlayedAgents | undefined,
  step: Step,
): Promise<boolean> {
  if (step.do === 'late') {
    await speakOutOfTurn(harness, agents, step);
    return true;
  }
  const change = CHANGES[step.do];
  if (change !== undefined && agents !== undefined && 'name' in step) {
    change(agents, step.name);
  }
  return change !== undefined;
}

/** What becomes of the agent of that name. */
const CHANGES: Partial<Record<Step['do'], (agents: PlayedAgents, name: string) => void>> = {
  mute: (agents, name) => {
    agents.mute(name);
  },
  hush: (agents, name) => {
    agents.hush(name, false);
  },
  hang: (agents, name) => {
    agents.hush(name, true);
  },
  speak: (agents, name) => {
    agents.unhush(name);
  },
  work: (agents, name) => {
    agents.change(name, { activeTasks: 1 });
  },
  idle: (agents, name) => {
    agents.change(name, { activeTasks: 0 });
  },
  fail: (agents, name) => {
    agents.change(name, { errorRate: 0.5 });
  },
};

/** Whoever has no say is refused, and nothing that agents have said changes. */
async function speakOutOfTurn(
  harness: Harness,
  agents: PlayedAgents | undefined,
  step: LateWord,
): Promise<void> {
  const known = agents?.tokens.find(({ name }) => name === step.name);
  const token = known && (await tokenOf(harness, agents, { whose: step.token, uid: known.uid }));
  if (known === undefined || token === undefined || agents === undefined) {
    return;
  }
  const before = await readSaid(harness);
  const [answer] = await agents.say([wordOf(step, known.uid, token)]);
  const after = await readSaid(harness);
  assertPromise(answer?.kind !== 'ok', 'who has no say is refused', [step, answer]);
  assertPromise(isDeepStrictEqual(after, before), 'the word of an old attempt changes nothing', [
    before,
    after,
  ]);
}

async function tokenOf(
  harness: Harness,
  agents: PlayedAgents | undefined,
  { whose, uid }: { readonly whose: LateWord['token']; readonly uid: string },
): Promise<string | undefined> {
  switch (whose) {
    case 'old':
      return await oldTokenOf(harness, agents, uid);
    case 'foreign':
      return agents?.tokens.findLast((one) => one.uid !== uid)?.token;
    case 'unknown':
      return 'nobody has this token';
  }
}

/** Of an attempt that is over, or of a record that is being deleted or gone. */
async function oldTokenOf(
  { db }: Harness,
  agents: PlayedAgents | undefined,
  uid: string,
): Promise<string | undefined> {
  const { rows } = await sql<{ readonly attempt: number }>`
    select l.attempt from launches l join workspaces w on w.uid = l.workspace_uid
     where w.uid = ${uid} and l.state <> 'closed' and w.deletion_requested_at is null`.execute(db);
  return agents?.tokens.find((one) => one.uid === uid && one.attempt !== rows[0]?.attempt)?.token;
}

function wordOf({ word }: LateWord, uid: string, token: string): AgentWord {
  const speaker = { uid, tokenHash: sha256Hex(token) };
  return word === 'register'
    ? { ...speaker, kind: word, url: 'http://127.0.0.1:9', card: { name: 'an impostor' } }
    : {
        ...{ ...speaker, kind: word, activeTasks: 9, errorRate: 1 },
        ...{ monthlySpendCents: 9, runtimeState: 'wedged' },
      };
}

/** Reports, and what became of tokens. */
async function readSaid({ db }: Harness): Promise<unknown> {
  const { rows } = await sql`
    select (select jsonb_agg(to_jsonb(r) order by workspace_uid) from agent_reports r) as reports,
           (select jsonb_agg(to_jsonb(c) order by token_hash) from credentials c) as credentials`.execute(
    db,
  );
  return rows;
}
