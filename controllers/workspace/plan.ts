import type { Wanted } from '../../provisioning/wanted.ts';
import type { Action } from './action.ts';
import { isExhausted, isStuck } from './failures.ts';
import { isAsleep } from '../../api/wake-request.ts';
import { dueHibernation } from './hibernation.ts';
import { planLaunched } from './plan-launched.ts';
import { planExternal } from './plan-external.ts';
import { planPending } from './plan-pending.ts';
import { sightOf } from './sight.ts';
import {
  planTerminate,
  wait,
  waitForClass,
  waitForRetry,
  type PlanInput,
  type Situation,
} from './situation.ts';

/**
 * Chooses the one next step of a workspace. Pure; the first rule that applies wins (design §5, where the order was
 * explored by a model; test/model explores this very function). Nothing follows from an unknown observation.
 */
export function plan(input: PlanInput): Action {
  const { observation, acceptance, record, launches } = input;
  if (observation.kind === 'unknown') {
    return wait('StatusUnknown');
  }
  const sight = sightOf(observation.instances, launches);
  if (sight.hasUnknown) {
    return wait('StatusUnknown');
  }
  const isWanted =
    acceptance.isAccepted &&
    acceptance.elsewhere === undefined &&
    acceptance.lineage.effectiveState === 'Running' &&
    !isAsleep(record) &&
    record.deletionRequestedAt === undefined;
  return planKnown({ ...input, sight, takenAt: observation.takenAt, isWanted });
}

function planKnown(situation: Situation): Action {
  const { sight, launches } = situation;
  const late = sight.letGo.find(({ instance }) => instance.state !== 'terminating');
  if (late !== undefined) {
    return planTerminate(situation, late, 'AttemptClosed');
  }
  const open = launches.find(({ state }) => state !== 'closed');
  const [unrecorded] = sight.unrecorded;
  if (unrecorded !== undefined) {
    return { kind: 'Adopt', seen: unrecorded, ...(open !== undefined && { open }) };
  }
  if (open === undefined) {
    return planWithoutLaunch(situation);
  }
  return open.state === 'pending' ? planPending(situation, open) : planLaunched(situation, open);
}

/** No attempt is open: release, wait, or open the next attempt. */
function planWithoutLaunch(situation: Situation): Action {
  const { sight, record, acceptance, hasDeletingChildren, isWanted, now } = situation;
  if (sight.letGo.length > 0) {
    return wait('Terminating');
  }
  if (record.deletionRequestedAt !== undefined) {
    return hasDeletingChildren ? wait('ChildrenFirst') : { kind: 'Release' };
  }
  const external = planExternal(situation);
  if (external !== undefined) {
    return external;
  }
  const { wanted } = acceptance;
  if (!isWanted || wanted === undefined) {
    return { kind: 'None' };
  }
  const claim = dueHibernation(record, { wanted, agent: { kind: 'NotExpected' }, now });
  if (claim !== undefined) {
    return { kind: 'Hibernate', claim };
  }
  return planNextAttempt(situation, wanted);
}

/** Another launch, unless something says that it would come to nothing now. */
function planNextAttempt(situation: Situation, { inputsHash }: Wanted): Action {
  const { record, sight } = situation;
  if (isExhausted(record)) {
    return wait('AttemptsExhausted');
  }
  if (isStuck(record, inputsHash)) {
    return wait('InvalidLaunchParameters');
  }
  return (
    waitForRetry(situation) ??
    waitForClass(situation) ?? { kind: 'Prepare', highestAttemptSeen: sight.highestAttempt }
  );
}
