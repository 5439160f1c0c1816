import type { ResolvedClass } from '../../api/class-status.ts';
import type { PreparedLaunch } from '../../api/launch.ts';
import type { Backend } from '../../backends/backend.ts';
import { ConflictError } from '../../lib/errors.ts';
import { completeEnv, prepareLaunch } from '../../provisioning/pipeline.ts';
import { storeResolvedClass } from '../../store/class-status.ts';
import type { FencedTransaction } from '../../store/fencing.ts';
import { insertLaunch } from '../../store/launches.ts';
import { findQuotaProblem } from '../../store/quota.ts';
import type { ActionOf } from './action.ts';
import { getBackend, write, type WorkspaceContext } from './context.ts';
import { storeRefusedPreparation } from './perform-refusal.ts';
import { draftFor } from './render-launch.ts';
import type { Outcome, Step } from './step.ts';

/** Runs the pipeline and stores the intent; the launch itself is the next pass, so a crash in between loses nothing. */
export async function performPrepare(
  { highestAttemptSeen }: ActionOf<'Prepare'>,
  step: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  const { installationId } = context;
  let prepared: PreparedLaunch;
  try {
    prepared = await prepare(step, context);
  } catch (error) {
    return await storeRefusedPreparation(error, step, context);
  }
  return await write(context, async (tx) => {
    const problem = await quotaProblem(tx, step, prepared);
    if (problem !== undefined) {
      return { kind: 'noted', reason: 'QuotaExceeded', message: problem };
    }
    const attempt = await insertLaunch(tx, prepared, { installationId, highestAttemptSeen });
    return { kind: 'changed', facts: { attempt } };
  });
}

/** A class without a quota costs nothing. */
async function quotaProblem(
  tx: FencedTransaction,
  { view, acceptance }: Step,
  { className, milliCpus }: PreparedLaunch,
): Promise<string | undefined> {
  const quota = acceptance.wanted?.classSpec.quota;
  const { uid } = view.record;
  return quota && (await findQuotaProblem(tx, { uid, className, milliCpus }, quota));
}

async function prepare(step: Step, context: WorkspaceContext): Promise<PreparedLaunch> {
  const { record } = step.view;
  const { wanted } = step.acceptance;
  if (wanted === undefined) {
    throw new ConflictError('preparing a launch: the declaration is not resolved');
  }
  const env = await completeEnv(draftFor(step), context.pipeline);
  const backend = getBackend(context, wanted.backend);
  const resolution = await resolvedClass(backend, step, context);
  return await prepareLaunch(env, {
    ...{ record, wanted, backend },
    platformUrl: context.platformUrl(),
    ...(resolution !== undefined && { resolution }),
  });
}

/** What the provider says this generation of the class means; asked once, and kept in the status of the class. */
async function resolvedClass(
  backend: Backend,
  { view }: Step,
  context: WorkspaceContext,
): Promise<ResolvedClass['values'] | undefined> {
  const [workspaceClass] = view.classes;
  if (backend.resolveClass === undefined || workspaceClass === undefined) {
    return undefined;
  }
  const { name, spec, generation, status } = workspaceClass;
  if (status.resolved?.generation === generation) {
    return status.resolved.values;
  }
  const values = await backend.resolveClass(spec);
  await write(context, (tx) => storeResolvedClass(tx, { name, spec }, { generation, values }));
  return values;
}
