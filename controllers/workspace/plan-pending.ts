import type { LaunchRecord } from '../../store/launch-record.ts';
import type { Action } from './action.ts';
import { wait, waitForClass, type Situation } from './situation.ts';

/**
 * The attempt's intent is stored and its instance is not. While it is wanted, the same intent is sent again: the
 * token makes that safe. Once it is not wanted it is never sent again, and what was sent may still take effect:
 * it is closed only when nothing was sent, or when the doubt is over and the provider does not know it.
 */
export function planPending(situation: Situation, launch: LaunchRecord): Action {
  const { sight, isWanted } = situation;
  if (sight.mine !== undefined) {
    return { kind: 'StoreLaunched', launch, seen: sight.mine };
  }
  if (isWanted && launch.refused === undefined) {
    // What may have taken effect is asked again whatever the class says: only an answer ends the doubt.
    const held = launch.callsInDoubt === 0 ? waitForClass(situation) : undefined;
    return held ?? { kind: 'Launch', launch };
  }
  const reason = launch.refused?.reason ?? 'NotWanted';
  if (launch.callsInDoubt === 0) {
    return { kind: 'CloseAttempt', launch, reason };
  }
  const remainingSeconds = doubtSeconds(situation, launch);
  return remainingSeconds <= 0
    ? { kind: 'VerifyAbsent', launch, reason }
    : wait('LaunchInDoubt', remainingSeconds);
}

/**
 * Seconds until a list may begin that ends the doubt: the last call can no longer take effect, and what it made can
 * no longer be hidden (design §5).
 */
function doubtSeconds({ takenAt, timing }: Situation, { lastSentAt }: LaunchRecord): number {
  const lifetimeSeconds = timing.callLifetimeSeconds + timing.settleSeconds;
  const overAt = (lastSentAt?.getTime() ?? 0) + lifetimeSeconds * 1000;
  return (overAt - takenAt.getTime()) / 1000;
}
