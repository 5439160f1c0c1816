import { DEFAULT_MAX_UNAVAILABLE } from '../../api/rollout.ts';
import { isAsleep } from '../../api/wake-request.ts';
import type { Instance } from '../../backends/backend.ts';
import type { Wanted } from '../../provisioning/wanted.ts';
import { awaitsMoreChanges, isDisruptive } from './action.ts';
import { agentOf, type AgentState } from './agent.ts';
import type { Look } from './look.ts';
import type { Progress } from './rollout-order.ts';
import type { RolloutAsker } from './rollout-standing.ts';
import { sightOf } from './sight.ts';

/** How a workspace is before it is taken down. */
export type Health =
  /** Nobody loses anything: its agent does not run, or has not come up. */
  | 'down'
  /** It may be at work, and has failed just now or is not heard of. */
  | 'unwell'
  | 'well';

/** Pure. */
export function healthOf({ view, acceptance, observation, input }: Look): Health {
  const { wanted } = acceptance;
  const { mine } = sightOf(observation.instances, view.launches);
  if (wanted === undefined || mine === undefined) {
    return 'down';
  }
  const { report, record, now } = view;
  const agent = agentOf({ wanted, report, instance: mine.instance, now });
  const isSilent = agent.kind !== 'Beating' && input.isAnswering === false;
  if (!isUp(mine.instance, wanted, agent) || isSilent) {
    return 'down';
  }
  return agent.kind === 'Lost' || record.failures !== undefined ? 'unwell' : 'well';
}

/** An agent may speak before a list shows that its instance runs. */
function isUp({ state }: Instance, { registers }: Wanted, { kind }: AgentState): boolean {
  return state === 'running'
    ? kind !== 'Awaited'
    : state === 'pending' && registers && kind === 'Beating';
}

/** The budgets that a workspace counts in. Pure. */
export function askerOf({ view: { record } }: Pick<Look, 'view'>, wanted: Wanted): RolloutAsker {
  const { className, classSpec } = wanted;
  return {
    uid: record.uid,
    className,
    ownerUid: record.ownerUid,
    maxUnavailable: classSpec.rollout?.maxUnavailable ?? DEFAULT_MAX_UNAVAILABLE,
  };
}

/** How far it is, for those that come after it; undefined when it is resolved to no class. Pure. */
export function progressOf(look: Look, isHeldBack: boolean): Progress | undefined {
  const { view, acceptance, observation, action } = look;
  const { wanted, lineage } = acceptance;
  // After each call there is a moment without a list; a backend that is away is something else.
  const isSeen = observation.kind === 'known' || observation.isAwaitingList;
  const isWanted =
    acceptance.isAccepted && lineage.effectiveState === 'Running' && !isAsleep(view.record);
  const isChanging = isDisruptive(action) || awaitsMoreChanges(action);
  return wanted === undefined
    ? undefined
    : {
        ...askerOf(look, wanted),
        name: view.record.name,
        isDue: isWanted && isChanging && !isHeldBack,
        canComeBack: isWanted && isSeen && !isHeldBack,
      };
}
