import type { DeleteAnswer } from '../../server/contract.ts';
import { ApiError } from '../api-error.ts';
import { print, type Context } from '../context.ts';
import { explainOwner } from './edit.ts';
import { describeObject, shortReference } from '../kinds.ts';
import { createProgress } from '../output/progress.ts';
import { objectPath } from '../paths.ts';
import type { DeletionPlan, NamespacedTarget } from './delete-plan.ts';
import type { Session } from '../session.ts';

/** Between two tries to delete what workspaces that are on their way out still use. */
const RETRY_SECONDS = 0.5;
/** Their instances get 10 s to end by themselves (`stopGracePeriod`); a minute is plenty. */
const PATIENCE_SECONDS = 60;

/** Deletes one after the other; a class or template that was in use only by what just went is waited for. */
export async function deleteAll(
  context: Context,
  { client }: Session,
  {
    requests,
    descendantsOnly,
  }: Pick<DeletionPlan, 'requests'> & { readonly descendantsOnly: boolean },
): Promise<void> {
  const hasWorkspaces = requests.some(({ kind }) => kind.kind === 'Workspace');
  for (const target of requests) {
    const work = (): Promise<DeleteAnswer> =>
      client.call<DeleteAnswer>(objectPath(target.kind, target.namespace, target.name), {
        method: 'DELETE',
        query: queryOf(target, descendantsOnly),
      });
    const { deleted } = await explainOwner(describeObject(target, target.namespace), () =>
      hasWorkspaces ? whileInUse(context, work) : work(),
    );
    for (const reference of deleted) {
      const is = reference.kind === 'Workspace' ? 'is being deleted' : 'deleted';
      print(context, `${shortReference(reference)} ${is}`);
    }
  }
}

/** Only workspaces have descendants to agree to. */
function queryOf({ kind }: NamespacedTarget, descendantsOnly: boolean): Record<string, true> {
  return kind.kind === 'Workspace'
    ? { confirm: true, ...(descendantsOnly ? { descendantsOnly: true } : {}) }
    : {};
}

async function whileInUse(
  context: Context,
  work: () => Promise<DeleteAnswer>,
): Promise<DeleteAnswer> {
  const { clock, signal } = context;
  const deadline = clock.now().getTime() + PATIENCE_SECONDS * 1000;
  const progress = createProgress(context);
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isInUse(error) || clock.now().getTime() >= deadline) {
        throw error;
      }
      progress.show('waiting for workspaces that still use it');
      await clock.sleep(RETRY_SECONDS * 1000, signal);
    } finally {
      progress.clear();
    }
  }
}

function isInUse(error: unknown): boolean {
  return error instanceof ApiError && error.problem.reason === 'InUse';
}
