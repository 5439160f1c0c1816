import { sha256Hex } from '../../lib/hash.ts';
import { storeWords } from '../../store/agent-reports.ts';
import { toWordJson } from '../../store/agent-words.ts';
import { inTransaction, type Db } from '../../store/db.ts';
import { setRequests, wakeRequest, type RequestChange } from '../../store/edit-workspace.ts';
import type { Harness } from '../support/harness.ts';
import { processClass, workspace } from '../support/manifests.ts';
import { uidOf } from '../support/uid-of.ts';
import { BYSTANDER, SUBJECT, type CrashScenario } from './crash-case.ts';
import { running, subjectId } from './crash-subject.ts';

/** A class whose agents register, beside the default one. */
const REGISTERING = processClass({ name: 'registering', default: false, readiness: 'Registered' });
/** Longer than an agent may be silent. */
const SILENCE_MS = 181_000;
/** Longer than it may take to register. */
const PROVISION_TIMEOUT_MS = 601_000;

async function declareSubject(harness: Harness): Promise<void> {
  const subject = workspace({
    ...{ ...SUBJECT, className: 'registering' },
    envFrom: [{ secretRef: { name: 'model' } }],
  });
  await harness.apply(processClass(), REGISTERING, BYSTANDER, subject);
}

async function arrangeRegistered(harness: Harness): Promise<void> {
  await declareSubject(harness);
  await harness.settle();
}

/** Its instance runs, and nobody has heard of its agent. */
async function arrangeSilent(harness: Harness): Promise<void> {
  harness.beforeLook = () => Promise.resolve();
  await declareSubject(harness);
  await harness.look();
  await harness.look();
}

async function arrangeHibernated(harness: Harness): Promise<void> {
  await arrangeRegistered(harness);
  await ask({ hibernateRequestedAt: 'then' })(harness);
  await harness.settle();
}

function ask(change: RequestChange): (harness: Harness) => Promise<void> {
  return async (harness) => {
    const uid = await uidOf(harness, 'subject');
    await inTransaction(harness.db, (tx) => setRequests(tx, uid, change));
  };
}

/** The subject's agent says something to a server whose connections are these. */
async function beat(harness: Harness, db: Db): Promise<void> {
  const bundle = harness.backend.provider.bundleOf(subjectId(harness));
  const word = toWordJson({
    ...{ kind: 'heartbeat', uid: await uidOf(harness, 'subject'), activeTasks: 0, errorRate: 0.7 },
    ...{ monthlySpendCents: 0, runtimeState: '' },
    tokenHash: sha256Hex(bundle?.files['.auth_token'] ?? ''),
  });
  await storeWords(db, [word]);
}

const nothing = (): void => undefined;
const MODEL = { model: { API_KEY: 'first' } };

/** Stories of agents that register. */
const STORIES: readonly Omit<CrashScenario, 'secrets'>[] = [
  {
    name: 'declaring one whose agent registers',
    actions: ['Prepare', 'Launch'],
    leastPoints: 25,
    agents: nothing,
    arrange: async (harness) => {
      await harness.apply(processClass(), REGISTERING, BYSTANDER);
      await harness.settle();
    },
    trigger: declareSubject,
    expected: running,
  },
  {
    name: 'another attempt after an agent that never registered',
    actions: ['TimeOut', 'Terminate', 'CloseAttempt', 'Prepare', 'Launch'],
    leastPoints: 50,
    agents: (agents) => {
      agents.mute('subject');
    },
    arrange: arrangeSilent,
    trigger: (harness) => {
      harness.clock.jump(PROVISION_TIMEOUT_MS);
      return Promise.resolve();
    },
    expected: running,
  },
  {
    name: 'its agent going silent, and its port with it',
    actions: ['Stop', 'Start'],
    leastPoints: 25,
    agents: (agents) => {
      agents.hush('subject', true);
    },
    arrange: arrangeRegistered,
    trigger: (harness) => {
      harness.clock.jump(SILENCE_MS);
      return Promise.resolve();
    },
    expected: running,
  },
  {
    name: 'hibernating it when somebody asks for it',
    actions: ['Hibernate', 'Stop'],
    leastPoints: 18,
    agents: nothing,
    arrange: arrangeRegistered,
    trigger: ask({ hibernateRequestedAt: 'now' }),
    expected: { subject: 'hibernated' },
  },
  {
    name: 'waking it',
    actions: ['Start'],
    leastPoints: 18,
    agents: nothing,
    arrange: arrangeHibernated,
    trigger: ask(wakeRequest('now')),
    expected: running,
  },
  {
    name: 'restarting it with an empty state',
    actions: ['Stop', 'Start'],
    leastPoints: 35,
    agents: nothing,
    arrange: arrangeRegistered,
    trigger: ask({ restartRequestedAt: 'now', resetSessionAt: 'now' }),
    expected: running,
  },
  {
    name: 'launching it with an empty state, after its instance was lost',
    actions: ['VerifyAbsent', 'Prepare', 'Launch'],
    leastPoints: 40,
    agents: nothing,
    arrange: arrangeRegistered,
    trigger: async (harness) => {
      harness.backend.provider.remove(subjectId(harness));
      await ask({ restartRequestedAt: 'now', resetSessionAt: 'now' })(harness);
    },
    expected: running,
  },
  {
    name: 'losing its credentials',
    actions: ['Stop', 'Start'],
    leastPoints: 25,
    agents: nothing,
    arrange: arrangeRegistered,
    trigger: async ({ db }) => {
      await db.deleteFrom('credentials').execute();
    },
    expected: running,
  },
  {
    name: 'hearing that it is degraded',
    actions: [],
    leastPoints: 4,
    agents: nothing,
    arrange: arrangeRegistered,
    call: beat,
    expected: running,
  },
];

/** Passes and words of agents that register. */
export const REGISTERING_SCENARIOS: readonly CrashScenario[] = STORIES.map((story) => ({
  ...story,
  secrets: [MODEL, MODEL],
}));
