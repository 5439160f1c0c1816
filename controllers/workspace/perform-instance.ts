import { NotFoundError, ignoreNotFound } from '../../lib/errors.ts';
import { renderBundle } from '../../provisioning/bundle.ts';
import { storeConfigHash } from '../../store/launches.ts';
import type { LaunchRecord } from '../../store/launch-record.ts';
import type { Backend } from '../../backends/backend.ts';
import type { ActionOf } from './action.ts';
import { assertLease, callBackend, write, type WorkspaceContext } from './context.ts';
import { CHANGED, tell, type Outcome, type Step } from './step.ts';

/** Stops the instance and keeps its state. */
export async function performStop(
  { launch, reason }: ActionOf<'Stop'>,
  step: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  await callKnown(launch, { step, context }, (backend, id) => backend.stop(id));
  await write(context, (tx) =>
    tell(tx, step, {
      action: 'Stopped',
      reason,
      message: 'stopped the instance; its state is kept',
      data: { attempt: launch.attempt, instanceId: launch.instanceId },
    }),
  );
  return CHANGED;
}

/** Starts a stopped instance with a new bundle. Its hash is stored first: a crash in between starts again. */
export async function performStart(
  { launch }: ActionOf<'Start'>,
  step: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  const { record } = step.view;
  const bundle = renderBundle(record, record.parentId);
  assertLease(context);
  await write(context, (tx) => storeConfigHash(tx, launch, bundle.configHash));
  await callKnown(launch, { step, context }, (backend, id) => backend.start(id, bundle));
  const isRestart = launch.configHash !== bundle.configHash;
  await write(context, (tx) =>
    tell(tx, step, {
      action: isRestart ? 'Restarted' : 'Started',
      reason: isRestart ? 'ConfigChanged' : 'Wanted',
      message: 'started the instance',
      data: { attempt: launch.attempt, instanceId: launch.instanceId },
    }),
  );
  return CHANGED;
}

/** Asks for the end of an instance by its id; its absence is observed, not believed. */
export async function performTerminate(
  { backend: key, instanceId, attempt, reason }: ActionOf<'Terminate'>,
  step: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  const target = { uid: step.view.record.uid, backend: key };
  await callBackend(context, target, (backend) => backend.terminate(instanceId)).catch(
    ignoreNotFound,
  );
  await write(context, (tx) =>
    tell(tx, step, {
      action: 'Terminated',
      reason,
      message: `terminated instance ${instanceId}, attempt ${attempt}`,
      data: { attempt, instanceId, backend: key },
    }),
  );
  return CHANGED;
}

/** What is gone while we looked away is no error: the next list says so, and the plan decides. */
async function callKnown(
  { instanceId, backend }: LaunchRecord,
  { step, context }: { readonly step: Step; readonly context: WorkspaceContext },
  call: (backend: Backend, id: string) => Promise<void>,
): Promise<void> {
  if (instanceId === undefined) {
    throw new NotFoundError('calling the backend: the launch row has no instance id');
  }
  const target = { uid: step.view.record.uid, backend };
  await callBackend(context, target, (one) => call(one, instanceId)).catch(ignoreNotFound);
}
