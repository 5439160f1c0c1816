import type { Instance } from '../../backends/backend.ts';
import { storeLaunched } from '../../store/launches.ts';
import type { LaunchRecord } from '../../store/launch-record.ts';
import type { ActionOf } from './action.ts';
import { getBackend, write, type WorkspaceContext } from './context.ts';
import { launched } from './perform-launch.ts';
import { performTerminate } from './perform-instance.ts';
import { closeWithReason } from './perform-record.ts';
import { isProtected, PROTECTED_MESSAGE } from './situation.ts';
import { CHANGED, tell, type Outcome, type Step } from './step.ts';

/**
 * The list does not show the instance; somebody may have removed its tags. The provider is asked by id and by token,
 * and the attempt is closed only when it knows neither (design §5, "absent").
 */
export async function performVerifyAbsent(
  { launch, reason }: ActionOf<'VerifyAbsent'>,
  step: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  const found = await lookUp(launch, context);
  if (found === undefined || found.state === 'terminated') {
    await write(context, (tx) => closeWithReason(tx, { launch, reason, step, exit: found?.exit }));
    return CHANGED;
  }
  return await handleFound(found, { launch, step, context });
}

/** By id where there is one: another instance with the token can only carry copied marks then, and is not ours. */
async function lookUp(
  { backend: key, instanceId, token }: LaunchRecord,
  context: WorkspaceContext,
): Promise<Instance | undefined> {
  const backend = getBackend(context, key);
  const byId = instanceId === undefined ? undefined : await backend.find(instanceId);
  const found = byId ?? (await backend.findByToken(token));
  return instanceId === undefined || found?.id === instanceId ? found : undefined;
}

interface Found {
  readonly launch: LaunchRecord;
  readonly step: Step;
  readonly context: WorkspaceContext;
}

async function handleFound(found: Instance, { launch, step, context }: Found): Promise<Outcome> {
  if (launch.state === 'pending') {
    await write(context, async (tx) => {
      await storeLaunched(tx, launch, found.id);
      await tell(tx, step, launched(launch, found.id));
    });
    return CHANGED;
  }
  const { record } = step.view;
  const isLeaving = record.deletionRequestedAt !== undefined || launch.state === 'closing';
  const isEndable = found.state !== 'terminating' && found.state !== 'unknown';
  return isLeaving && isEndable ? await endFound(found, { launch, step, context }) : UNLISTED;
}

async function endFound(found: Instance, { launch, step, context }: Found): Promise<Outcome> {
  const { record } = step.view;
  if (isProtected(record, found)) {
    return PROTECTED;
  }
  const { backend, attempt } = launch;
  const reason = record.deletionRequestedAt === undefined ? 'Replaced' : 'Deleted';
  return await performTerminate(
    { kind: 'Terminate', backend, instanceId: found.id, attempt, reason },
    step,
    context,
  );
}

const UNLISTED: Outcome = {
  kind: 'noted',
  reason: 'StatusUnknown',
  message:
    'the provider knows the instance by its id, but its list does not show it; were its marks removed?',
};
const PROTECTED: Outcome = {
  kind: 'noted',
  reason: 'TerminationProtected',
  message: PROTECTED_MESSAGE,
};
