import assert from 'node:assert/strict';
import { expect } from '@jest/globals';
import { sql } from 'kysely';
import type { Instance } from '../../backends/backend.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { storeWords } from '../../store/agent-reports.ts';
import { toWordJson } from '../../store/agent-words.ts';
import type { Db } from '../../store/db.ts';
import { bootAll, bootInstance, fetchBundle } from '../support/boot-script.ts';
import type { Harness } from '../support/harness.ts';
import { processClass, workspace } from '../support/manifests.ts';
import { BYSTANDER, SUBJECT, type CrashScenario } from './crash-case.ts';
import { running } from './crash-subject.ts';
import { ourInstances } from './world.ts';

/** A class whose agents register, beside the default one. */
const REGISTERING = processClass({ name: 'registering', default: false, readiness: 'Registered' });

async function declareSubject(harness: Harness): Promise<void> {
  const subject = workspace({ ...SUBJECT, className: 'registering' });
  await harness.apply(processClass(), REGISTERING, BYSTANDER, subject);
}

async function arrangeOnline(harness: Harness): Promise<void> {
  await declareSubject(harness);
  await harness.settle();
}

/** Its instance runs, and has not asked for anything yet. */
async function arrangeLaunched(harness: Harness): Promise<void> {
  harness.beforeLook = () => Promise.resolve();
  await declareSubject(harness);
  await harness.look();
  await harness.look();
}

/** It has its bundle, and its agent has not said a word. */
async function arrangeFetched(harness: Harness): Promise<void> {
  await arrangeLaunched(harness);
  await bootAll(harness.db, harness.backend.provider);
}

/** Its instance fetches from a server whose connections are these. */
async function fetchFrom(harness: Harness, db: Db): Promise<void> {
  await bootInstance(db, harness.backend.provider, subjectOf(harness));
}

/** Its agent registers with what was fetched, at a server whose connections are these. */
async function registerAt(harness: Harness, db: Db): Promise<void> {
  const word = toWordJson({
    ...{ kind: 'register', uid: subjectOf(harness).marks.workspaceUid },
    ...{ tokenHash: tokenHashOf(harness), url: 'http://127.0.0.1:8000', card: {} },
  });
  await storeWords(db, [word]);
}

function subjectOf(harness: Harness): Instance {
  const subject = ourInstances(harness).find(({ marks }) => marks.name === 'subject');
  assert(subject !== undefined, 'the subject has an instance');
  return subject;
}

/** Of the token that its agent has. */
function tokenHashOf(harness: Harness): string {
  return sha256Hex(harness.backend.provider.filesOf(subjectOf(harness).id)['.auth_token'] ?? '');
}

/** The agent's token is the only one that is good, so nobody gets in with what is in the user data. */
async function expectOneToken(harness: Harness): Promise<void> {
  const { rows } = await sql`
    select c.token_hash, c.is_bootstrap, c.used_at is not null as is_used
      from credentials c join launches l using (workspace_uid, attempt)
     where l.name = 'subject' and l.state <> 'closed' and c.revoked_at is null`.execute(harness.db);

  expect(rows).toEqual([{ token_hash: tokenHashOf(harness), is_bootstrap: false, is_used: true }]);
  expect(await fetchBundle(harness.db, subjectOf(harness))).toBeUndefined();
}

const nothing = (): void => undefined;

const STORIES: readonly Omit<CrashScenario, 'provider' | 'agents' | 'expected' | 'verify'>[] = [
  {
    name: 'declaring one whose instance fetches its bundle',
    actions: ['Prepare', 'Launch'],
    leastPoints: 25,
    arrange: async (harness) => {
      await harness.apply(processClass(), REGISTERING, BYSTANDER);
      await harness.settle();
    },
    trigger: declareSubject,
  },
  {
    name: 'fetching the bundle with the bootstrap token',
    actions: [],
    leastPoints: 7,
    arrange: arrangeLaunched,
    call: fetchFrom,
  },
  {
    name: 'fetching it once more, after the answer was lost',
    actions: [],
    leastPoints: 7,
    arrange: async (harness) => {
      await arrangeLaunched(harness);
      await fetchBundle(harness.db, subjectOf(harness));
    },
    call: fetchFrom,
  },
  {
    name: 'registering with the token that was fetched',
    actions: [],
    leastPoints: 4,
    arrange: arrangeFetched,
    call: registerAt,
  },
  {
    name: 'losing the credentials of one that fetches its bundle',
    actions: ['Stop', 'Start'],
    leastPoints: 25,
    arrange: arrangeOnline,
    trigger: async ({ db }) => {
      await db.deleteFrom('credentials').execute();
    },
  },
];

/** Instances that are handed nothing but a bootstrap token. */
export const BOOTSTRAP_SCENARIOS: readonly CrashScenario[] = STORIES.map((story) => ({
  ...story,
  provider: { bootstraps: true },
  agents: nothing,
  expected: running,
  verify: expectOneToken,
}));
