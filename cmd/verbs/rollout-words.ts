import type { Rollout } from '../../server/contract-rollouts.ts';
import { print, type Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { rolloutPath } from '../paths.ts';
import { openSession, type Session } from '../session.ts';
import type { Typed } from '../verb.ts';
import { describeTarget, parseRolloutTarget, rolloutTargets } from './rollout-target.ts';

export function pauseRollouts(context: Context, typed: Typed): Promise<ExitCode> {
  return sayToEach(context, typed, async ({ client }, path, what) => {
    const { paused } = await client.call<Rollout>(`${path}/pause`, { method: 'POST' });
    return [`rollouts of ${what} are paused by ${paused?.by ?? 'nobody'}`];
  });
}

export function resumeRollouts(context: Context, typed: Typed): Promise<ExitCode> {
  return sayToEach(context, typed, async ({ client }, path, what) => {
    const { down } = await client.call<Rollout>(path);
    await client.call<Rollout>(`${path}/resume`, { method: 'POST' });
    return [`rollouts of ${what} go on`, ...down.flatMap(acceptedIn)];
  });
}

/** A failure that held others up. Of one that is over, or was accepted before, nothing is said again. */
function acceptedIn({
  namespace,
  name,
  failure,
  takesPlace,
}: Rollout['down'][number]): readonly string[] {
  return failure !== undefined && (failure.stops || takesPlace)
    ? [`accepted: ${namespace}/${name} (${failure.reason})`]
    : [];
}

/** Says it of the class or the org that was named, or of every class; prints what `say` answers. */
async function sayToEach(
  context: Context,
  typed: Typed,
  say: (session: Session, path: string, what: string) => Promise<readonly string[]>,
): Promise<ExitCode> {
  const named = parseRolloutTarget(typed);
  const session = await openSession(context, typed);
  for (const one of await rolloutTargets(named, { context, session })) {
    const path = rolloutPath(one.kind, session.namespace, one.name);
    for (const line of await say(session, path, describeTarget(one))) {
      print(context, line);
    }
  }
  return EXIT.ok;
}
