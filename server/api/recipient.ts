import type { Phase } from '../../api/conditions.ts';
import { knowsAddresses } from '../../api/workspace-class.ts';
import { isAsleep } from '../../api/wake-request.ts';
import { recordActivity } from '../../store/agent-activity.ts';
import type { Transaction } from '../../store/db.ts';
import { setRequests, wakeRequest } from '../../store/edit-workspace.ts';
import type { StoredWorkspace } from '../../store/stored-workspace.ts';
import type { Recipient } from '../options.ts';
import { Problem } from '../problem.ts';
import { assertNotPaused, getLivingWorkspace, type WorkspacePath } from './get-workspace.ts';

/** The agent a message goes to, or why it has to wait; then a sleeping one was asked to wake. */
export type FoundRecipient =
  | {
      readonly kind: 'ready';
      readonly recipient: Recipient;
      /** The address is that of a process of ours; else the agent or its declaration gave it. */
      readonly isOurs: boolean;
    }
  | {
      readonly kind: 'waiting';
      readonly reason: 'Waking' | 'NotOnline';
      /** Completes `the agent of workspace default/ada ...`. */
      readonly why: string;
    };

const UP: readonly Phase[] = ['Online', 'Degraded'];
const ASLEEP: readonly Phase[] = ['Hibernating', 'Hibernated'];

/** Throws a `Problem`: 404, or 409 when it is being deleted, paused, or up and without an address. */
export async function findRecipient(
  tx: Transaction,
  path: WorkspacePath,
  now: Date,
): Promise<FoundRecipient> {
  const workspace = await getLivingWorkspace(tx, path);
  // Before the look at its phase counts: who is about to claim it for idleness sees that it is not (lessons.md, P27).
  await recordActivity(tx, workspace.uid);
  if (isAsleep(workspace) || ASLEEP.includes(workspace.phase)) {
    await wake(tx, workspace, now);
    return { kind: 'waiting', reason: 'Waking', why: 'is hibernated and wakes up' };
  }
  assertNotPaused(workspace);
  if (!UP.includes(workspace.phase)) {
    return { kind: 'waiting', reason: 'NotOnline', why: `is not up (${workspace.phase})` };
  }
  const { url, backend } = workspace.status ?? {};
  const isOurs = backend !== undefined && knowsAddresses(backend.type);
  if (url === undefined) {
    const why = isOurs ? 'its class gives it no port' : 'its agent gave none';
    const detail = `Workspace ${path.ns}/${path.name} has no address: ${why}`;
    throw new Problem(409, 'NoAddress', detail);
  }
  return { kind: 'ready', recipient: { workspaceUid: workspace.uid, url }, isOurs };
}

/** Senders try again and again: once asked, it is not asked a second time for the same sleep. */
async function wake(tx: Transaction, workspace: StoredWorkspace, now: Date): Promise<void> {
  if (workspace.hibernation === undefined || isAsleep(workspace)) {
    await setRequests(tx, workspace.uid, wakeRequest(now.toISOString()));
  }
}
