import { sql } from 'kysely';
import { say } from '../support/agents.ts';
import type { Harness } from '../support/harness.ts';
import { processClass, workspace } from '../support/manifests.ts';
import { BYSTANDER, SUBJECT, type CrashScenario } from './crash-case.ts';

/** A class whose agents register, beside the default one. */
const REGISTERING = processClass({ name: 'registering', default: false, readiness: 'Registered' });

async function declareRegistering(harness: Harness): Promise<void> {
  const subject = workspace({ ...SUBJECT, className: 'registering' });
  await harness.apply(processClass(), REGISTERING, BYSTANDER, subject);
}

/** One more time-out, and nothing moves any more. */
async function arrangeLastAttempt(harness: Harness): Promise<void> {
  await declareRegistering(harness);
  await sql`
    update workspaces
       set failures = jsonb_build_object('count', 4, 'timeOuts', 4, 'lastReason', 'ProvisionTimeout', 'lastMessage', '',
                                         'lastAt', '2020-01-01T00:00:00Z', 'generation', generation)
     where name = 'subject'`.execute(harness.db);
  await harness.look();
  await harness.look();
}

/** The subject was claimed while it was idle, and has got work since. */
async function arrangeBrokenClaim(harness: Harness): Promise<void> {
  await declareRegistering(harness);
  await harness.look();
  await harness.look();
  await say(harness, 'subject');
  await harness.look();
  await sql`
    update workspaces
       set hibernation = jsonb_build_object('claimedAt', now(), 'reason', 'Idle', 'wakeRequest', '',
                                            'generation', generation)
     where name = 'subject'`.execute(harness.db);
  await say(harness, 'subject', { activeTasks: 1 });
}

async function declareElsewhere(harness: Harness): Promise<void> {
  const subject = workspace({ ...SUBJECT, external: {} });
  await harness.apply(processClass(), BYSTANDER, subject);
}

/** Passes that have to do with the agent inside an instance. */
export const AGENT_SCENARIOS: readonly CrashScenario[] = [
  {
    name: 'giving up on an agent that never registers',
    actions: ['TimeOut', 'Terminate', 'CloseAttempt'],
    leastPoints: 15,
    arrange: arrangeLastAttempt,
    expected: { subject: 'exhausted' },
  },
  {
    name: 'hibernating it',
    actions: ['Hibernate', 'Stop'],
    leastPoints: 15,
    trigger: async (harness) => {
      const subject = workspace({ ...SUBJECT, desiredState: 'Hibernated' });
      await harness.apply(processClass(), BYSTANDER, subject);
    },
    expected: { subject: 'hibernated' },
  },
  {
    name: 'leaving it awake, because it has got work',
    actions: ['KeepAwake'],
    leastPoints: 5,
    arrange: arrangeBrokenClaim,
    expected: { subject: 'running' },
  },
  {
    name: 'moving it elsewhere',
    actions: ['Replace', 'Terminate', 'CloseAttempt', 'OpenExternal'],
    leastPoints: 30,
    trigger: declareElsewhere,
    expected: { subject: 'elsewhere' },
  },
  {
    name: 'bringing it back',
    actions: ['CloseExternal', 'Prepare', 'Launch'],
    leastPoints: 30,
    arrange: async (harness) => {
      await declareElsewhere(harness);
      await harness.settle();
    },
    trigger: async (harness) => {
      await harness.apply(processClass(), BYSTANDER, workspace(SUBJECT));
    },
    expected: { subject: 'running' },
  },
  {
    name: 'deleting it while it runs elsewhere',
    actions: ['Release'],
    leastPoints: 10,
    arrange: async (harness) => {
      await declareElsewhere(harness);
      await harness.settle();
    },
    trigger: async (harness) => {
      await harness.apply(processClass(), BYSTANDER);
    },
    expected: { subject: 'absent' },
  },
];
