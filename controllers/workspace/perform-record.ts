import type { InstanceExit } from '../../backends/backend.ts';
import type { FencedTransaction } from '../../store/fencing.ts';
import { adoptLaunch, type AdoptedLaunch } from '../../store/adopt-launch.ts';
import { probeSooner } from '../../store/class-status.ts';
import { closeLaunch, startClosing, storeLaunched } from '../../store/launches.ts';
import { updateFailures } from '../../store/workspace-status.ts';
import type { LaunchRecord } from '../../store/launch-record.ts';
import type { SeenInstance } from '../backend-list.ts';
import type { ActionOf } from './action.ts';
import { LEAST_PROBE_SECONDS } from './class-hold.ts';
import { write, type WorkspaceContext } from './context.ts';
import { describeExit, shownText } from './exit-message.ts';
import { addFailure } from './failures.ts';
import { launched, observeProvisioned } from './perform-launch.ts';
import { CHANGED, tell, type Outcome, type Step } from './step.ts';

/** A launch in doubt turned out to have an instance. */
export async function performStoreLaunched(
  { launch, seen }: ActionOf<'StoreLaunched'>,
  step: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  await write(context, async (tx) => {
    await storeLaunched(tx, launch, seen.instance.id);
    await tell(tx, step, launched(launch, seen.instance.id));
  });
  context.metrics.duplicatesPrevented.inc();
  observeProvisioned(context, { launch, step, callSeconds: 0 });
  return CHANGED;
}

/** Writes the row of an instance that the database does not know: a newer attempt replaces the open one. */
export async function performAdopt(
  { seen, open }: ActionOf<'Adopt'>,
  step: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  const isNewest = open === undefined || seen.instance.marks.attempt > open.attempt;
  await write(context, async (tx) => {
    if (isNewest && open !== undefined) {
      await closeLaunch(tx, open, 'Superseded');
    }
    await adoptLaunch(tx, toAdopted(seen, step, isNewest ? 'launched' : 'closed'));
    await tell(tx, step, {
      action: 'Adopted',
      reason: isNewest ? 'Adopted' : 'Superseded',
      message: `adopted instance ${seen.instance.id}, attempt ${seen.instance.marks.attempt}`,
      data: { attempt: seen.instance.marks.attempt, instanceId: seen.instance.id },
    });
  });
  return CHANGED;
}

function toAdopted(
  { backend, instance }: SeenInstance,
  { acceptance }: Step,
  state: AdoptedLaunch['state'],
): AdoptedLaunch {
  return {
    marks: instance.marks,
    backend,
    instanceId: instance.id,
    launchedAt: instance.launchedAt,
    inputsHash: acceptance.wanted?.inputsHash ?? '',
    configHash: instance.configHash ?? '',
    state,
  };
}

/** Evidence and count of an exit; the start comes after the backoff. */
export async function performRecordExit(
  { launch, exit, startedWith }: ActionOf<'RecordExit'>,
  step: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  const { record } = step.view;
  const message = describeExit(exit);
  const log = shownText(exit.log, step.acceptance, startedWith);
  const evidence = { ...exit, log, attempt: launch.attempt, at: exit.at.toISOString() };
  const failure = { reason: 'CrashLoopBackOff', message, at: step.view.now, exit: evidence };
  await write(context, async (tx) => {
    await updateFailures(tx, record.uid, addFailure(record, failure));
    await tell(tx, step, { action: 'Exited', reason: 'CrashLoopBackOff', message, data: evidence });
  });
  return CHANGED;
}

export async function performClearFailures(
  _action: ActionOf<'ClearFailures'>,
  { view }: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  await write(context, (tx) => updateFailures(tx, view.record.uid, null));
  return CHANGED;
}

/** From here on this instance only goes; a crash cannot make it wanted again. */
export async function performReplace(
  { launch, reason = 'ParametersChanged' }: ActionOf<'Replace'>,
  step: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  await write(context, async (tx) => {
    await startClosing(tx, launch);
    await tell(tx, step, {
      action: 'Replacing',
      reason,
      message: `replacing the instance of attempt ${launch.attempt}`,
      data: { attempt: launch.attempt, instanceId: launch.instanceId },
    });
  });
  return CHANGED;
}

/** Ends an attempt of which nothing is or can come. */
export async function performClose(
  { launch, reason, exit }: ActionOf<'CloseAttempt'>,
  step: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  await write(context, (tx) => closeWithReason(tx, { launch, reason, step, exit }));
  return CHANGED;
}

interface Closing {
  readonly launch: LaunchRecord;
  readonly reason: string;
  readonly step: Step;
  /** How its instance came to its end, where the provider tells. */
  readonly exit: InstanceExit | undefined;
}

/** Closes the row; a lost instance also counts as a failure. */
export async function closeWithReason(tx: FencedTransaction, closing: Closing): Promise<void> {
  const { launch, reason } = closing;
  await closeLaunch(tx, launch, reason);
  if (launch.instanceId !== undefined) {
    await probeSooner(tx, launch.className, LEAST_PROBE_SECONDS);
  }
  if (reason === 'InstanceLost') {
    await countLostInstance(tx, closing);
  }
}

async function countLostInstance(
  tx: FencedTransaction,
  { launch, reason, step, exit }: Closing,
): Promise<void> {
  const { record, now } = step.view;
  const said = exit === undefined ? '' : shownText(exit.log, step.acceptance, launch.configHash);
  const how = said === '' ? ', and nobody here ended it' : `: ${said}`;
  const message = `the instance of attempt ${launch.attempt} is gone${how}`;
  await updateFailures(tx, record.uid, addFailure(record, { reason, message, at: now }));
  await tell(tx, step, {
    action: 'InstanceLost',
    reason,
    message,
    data: { attempt: launch.attempt, instanceId: launch.instanceId },
  });
}
