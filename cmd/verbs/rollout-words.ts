import type { Rollout } from '../../server/contract-rollouts.ts';
import { print, type Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { rolloutPath } from '../paths.ts';
import { openSession } from '../session.ts';
import type { Typed } from '../verb.ts';
import { describeTarget, parseRolloutTarget, rolloutTargets } from './rollout-target.ts';

export function pauseRollouts(context: Context, typed: Typed): Promise<ExitCode> {
  return sayToEach(context, typed, 'pause', (what, { paused }) => [
    `rollouts of ${what} are paused by ${paused?.by ?? 'nobody'}`,
  ]);
}

export function resumeRollouts(context: Context, typed: Typed): Promise<ExitCode> {
  return sayToEach(context, typed, 'resume', (what, _after, before) => [
    `rollouts of ${what} go on`,
    ...before.down.flatMap(acceptedIn),
  ]);
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

/** Asks it of the class or the org that was named, or of every class. */
async function sayToEach(
  context: Context,
  typed: Typed,
  verb: 'pause' | 'resume',
  describe: (what: string, after: Rollout, before: Rollout) => readonly string[],
): Promise<ExitCode> {
  const named = parseRolloutTarget(typed);
  const session = await openSession(context, typed);
  const targets = await rolloutTargets(named, { context, session });
  for (const one of targets) {
    const path = rolloutPath(one.kind, session.namespace, one.name);
    const before = await session.client.call<Rollout>(path);
    const after = await session.client.call<Rollout>(`${path}/${verb}`, { method: 'POST' });
    describe(describeTarget(one), after, before).forEach((line) => {
      print(context, line);
    });
  }
  return EXIT.ok;
}
