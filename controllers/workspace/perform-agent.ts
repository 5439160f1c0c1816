import { ReconcileError } from '../../lib/errors.ts';
import { storeHibernation, claimHibernation } from '../../store/hibernation.ts';
import { startClosing } from '../../store/launches.ts';
import type { LaunchRecord } from '../../store/launch-record.ts';
import { updateFailures } from '../../store/workspace-status.ts';
import { wakingReason, type ActionOf } from './action.ts';
import { getBackend, write, type WorkspaceContext } from './context.ts';
import { logOfLastRun } from '../../api/run-boundary.ts';
import { shownText } from './exit-message.ts';
import { addFailure } from './failures.ts';
import { CHANGED, OVERTAKEN, tell, type Outcome, type Step } from './step.ts';

/** Enough to see why a start failed, and little enough for a row. */
const EVIDENCE_LINES = 40;
/** Of lines that may be long: about as much as is kept of an exit. */
const EVIDENCE_CHARACTERS = 4096;

/** Evidence and count of an agent that never registered; from here on its instance only goes. */
export async function performTimeOut(
  { launch, sinceSeconds }: ActionOf<'TimeOut'>,
  step: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  const { record, now } = step.view;
  const log = evidenceIn(await readEvidence(launch, context), launch, step);
  const message = timeOutMessage(sinceSeconds, log);
  const exit = { attempt: launch.attempt, at: now.toISOString(), log };
  const failure = { reason: 'ProvisionTimeout', message, at: now, exit };
  await write(context, async (tx) => {
    await startClosing(tx, launch);
    await updateFailures(tx, record.uid, addFailure(record, failure));
    await tell(tx, step, {
      action: 'ProvisionTimeout',
      reason: 'ProvisionTimeout',
      message,
      data: { attempt: launch.attempt, instanceId: launch.instanceId, log },
    });
  });
  return CHANGED;
}

/** Cut after it was masked: nobody would recognise half a secret. */
function evidenceIn(log: string, { configHash }: LaunchRecord, { acceptance }: Step): string {
  const shown = shownText(logOfLastRun(log), acceptance, configHash);
  return shown.slice(-EVIDENCE_CHARACTERS).toWellFormed();
}

/** What people read of it, the true cause first (lessons.md, P33). */
function timeOutMessage(sinceSeconds: number, log: string): string {
  const lines = log.trim().split('\n').slice(-3).join(' / ');
  const said = lines === '' ? 'it logged nothing' : `last log lines: ${lines}`;
  return `started ${inWords(sinceSeconds)} ago, the agent never registered; ${said}`;
}

function inWords(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)}s` : `${Math.round(seconds / 60)}m`;
}

/** A log that cannot be read is no reason to keep what does not work. */
async function readEvidence(
  { backend, instanceId }: ActionOf<'TimeOut'>['launch'],
  context: WorkspaceContext,
): Promise<string> {
  try {
    return instanceId === undefined
      ? ''
      : await getBackend(context, backend).readLog(instanceId, EVIDENCE_LINES);
  } catch (error) {
    if (error instanceof ReconcileError) {
      return '';
    }
    throw error;
  }
}

/** Claims it, unless it got work since it was looked at; from then on its heartbeats are answered with what is wanted. */
export async function performHibernate(
  { claim, activityAt }: ActionOf<'Hibernate'>,
  step: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  const { uid, generation } = step.view.record;
  return await write(context, async (tx) => {
    const isClaimed = await claimHibernation(tx, { uid, generation, claim, activityAt });
    if (!isClaimed) {
      return OVERTAKEN;
    }
    await tell(tx, step, {
      action: 'Hibernating',
      reason: claim.reason,
      message: 'told the agent to drain',
    });
    return CHANGED;
  });
}

/** The agent got a task before it was told to drain, or somebody woke it before it was stopped. */
export async function performKeepAwake(
  action: ActionOf<'KeepAwake'>,
  step: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  await write(context, async (tx) => {
    await storeHibernation(tx, step.view.record.uid, action.woken);
    await tell(tx, step, {
      action: 'Woken',
      reason: wakingReason(action),
      message: 'it stays awake: it got work, or was asked for, before it was stopped',
    });
  });
  return CHANGED;
}
