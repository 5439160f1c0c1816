import { ConflictError, NotFoundError } from '../../lib/errors.ts';
import type { Instance, InstanceState } from '../backend.ts';
import type { LaneName } from './bucket-table.ts';
import type { Calls } from './calls.ts';

type Find = () => Promise<Instance | undefined>;

/** See `Backend.stop`. `ConflictError` while it is still starting. */
export async function stopInstance(id: string, calls: Pick<Calls, 'send'>, find: Find) {
  const doing = 'stopping instance';
  await unlessThere(['stopping', 'stopped'], find, () =>
    calls.send('StopInstances', { InstanceIds: [id] }, doing, { keys: [id] }),
  );
}

/** See `Backend.start`. */
export async function startInstance(id: string, calls: Pick<Calls, 'send'>, find: Find) {
  const doing = 'starting instance';
  await unlessThere(['pending', 'running'], find, () =>
    calls.send('StartInstances', { InstanceIds: [id] }, doing, { keys: [id] }),
  );
}

/** Ends all of these, or none when EC2 refuses one of them. */
export async function terminateInstances(
  ids: readonly string[],
  lane: LaneName,
  calls: Pick<Calls, 'send'>,
): Promise<void> {
  const doing = 'terminating instances';
  await calls.send('TerminateInstances', { InstanceIds: [...ids] }, doing, { keys: ids, lane });
}

/** EC2 refuses a change with `IncorrectInstanceState` whether it came too late, came too early, or is done already. */
async function unlessThere(
  states: readonly InstanceState[],
  find: Find,
  change: () => Promise<unknown>,
): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!(error instanceof ConflictError)) {
      throw error;
    }
    const state = (await find())?.state ?? 'terminated';
    if (state === 'terminated') {
      throw new NotFoundError(error.message, { cause: error.cause });
    }
    if (!states.includes(state)) {
      throw error;
    }
  }
}
