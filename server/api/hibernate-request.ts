import type { Phase } from '../../api/conditions.ts';
import { isAsleep } from '../../api/wake-request.ts';
import { countActiveTasks } from '../../store/agent-activity.ts';
import type { StoredWorkspace } from '../../store/stored-workspace.ts';
import { hibernateQuerySchema } from '../contract-requests.ts';
import { Problem } from '../problem.ts';
import { assertRunsHere } from './get-workspace.ts';
import type { WorkspaceRequest } from './workspace-request.ts';

/** Stops an agent until there is work for it again. */
export const HIBERNATE: WorkspaceRequest<typeof hibernateQuerySchema> = {
  verb: 'hibernate',
  summary:
    'Drain and stop the agent until there is work for it, whoever owns the workspace. 409 unless it is up and without tasks',
  querystring: hibernateQuerySchema,
  toRequests: (hibernateRequestedAt, { force = false }) => ({
    hibernateRequestedAt,
    // Said in any case: the force of an earlier request is not that of this one.
    hibernateForced: String(force),
  }),
  check: async (tx, workspace, { force = false }) => {
    const fulfilledAt = findFulfilled(workspace, force);
    if (fulfilledAt === undefined) {
      assertHibernates(workspace);
      const tasks = force ? 0 : await countActiveTasks(tx, workspace.uid);
      assertIdle(workspace, tasks);
    }
    return fulfilledAt;
  },
};

/** A second wish for the same sleep would outlive the wake, and put it to sleep again. */
function findFulfilled(workspace: StoredWorkspace, force: boolean): string | undefined {
  const { hibernation, phase } = workspace;
  const isFulfilled =
    isAsleep(workspace) && (phase === 'Hibernated' || (phase === 'Hibernating' && !force));
  return isFulfilled ? hibernation?.claimedAt : undefined;
}

/** Phases from which an agent is put to sleep (lessons.md, 2.2), and those in which it sleeps already. */
const PHASES: readonly Phase[] = ['Online', 'Degraded', 'Hibernating', 'Hibernated'];

function assertHibernates(workspace: StoredWorkspace): void {
  const { phase } = workspace;
  assertRunsHere(workspace);
  if (phase === 'Paused') {
    throw refusal(workspace, 'Paused', 'is paused: nothing of it runs');
  }
  if (!PHASES.includes(phase)) {
    throw refusal(
      workspace,
      'NotOnline',
      `is ${phase}: only an agent that is up can be hibernated`,
    );
  }
}

function assertIdle(workspace: StoredWorkspace, tasks: number): void {
  if (tasks > 0) {
    const what = `${tasks} active task${tasks === 1 ? '' : 's'}`;
    throw refusal(workspace, 'AgentBusy', `has ${what}: wait for the end, or force it`);
  }
}

function refusal(
  { namespace, name }: StoredWorkspace,
  reason: 'Paused' | 'NotOnline' | 'AgentBusy',
  why: string,
): Problem {
  return new Problem(409, reason, `Workspace ${namespace}/${name} ${why}`);
}
