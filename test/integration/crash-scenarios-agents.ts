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
       set failures = jsonb_build_object('count', 4, 'lastReason', 'ProvisionTimeout', 'lastMessage', '',
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
  // A new leader has no key that waits for the end of the provision time-out.
  await harness.restart();
  await sql`
    update workspaces
       set hibernation = jsonb_build_object('claimedAt', now(), 'reason', 'Idle', 'wakeRequest', '',
                                            'generation', generation)
     where name = 'subject'`.execute(harness.db);
  await say(harness, 'subject', { activeTasks: 1 });
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
];
