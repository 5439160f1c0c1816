import type { Reason } from '../../api/conditions.ts';
import type { WaitReason } from './action.ts';
import { PROTECTED_MESSAGE } from './situation.ts';
import type { StatusInput, Verdict } from './status-input.ts';

/** Reasons that only a person can end, in the declaration, its class, or the permissions of the controller. */
const STALLING: ReadonlySet<Reason> = new Set<Reason>([
  'InvalidSpec',
  'ParentCycle',
  'Unauthorized',
  'TerminationProtected',
]);

export function isStalledBy(reason: Reason): boolean {
  return STALLING.has(reason);
}

/** Why nothing moves until a person changes something (kubernetes.md, `Stalled`); undefined while something may. */
export function stalledOf(
  { acceptance, action, view }: StatusInput,
  provisioned: Verdict | undefined,
): Verdict | undefined {
  const waiting =
    action.kind === 'Wait' ? stalledWait(action.reason, view, provisioned) : undefined;
  if (waiting !== undefined) {
    return waiting;
  }
  const verdicts = [
    ...(provisioned === undefined ? [] : [provisioned]),
    ...(acceptance.isAccepted ? [] : [acceptance]),
  ];
  const found = verdicts.find(({ reason }) => isStalledBy(reason));
  return found && { status: 'True', reason: found.reason, message: found.message };
}

/** Waits that only a person ends. */
function stalledWait(
  reason: WaitReason,
  { record }: StatusInput['view'],
  provisioned: Verdict | undefined,
): Verdict | undefined {
  switch (reason) {
    case 'TerminationProtected':
      return { status: 'True', reason, message: PROTECTED_MESSAGE };
    case 'AttemptsExhausted': {
      const cause = record.failures?.lastMessage ?? 'the agent never registered';
      const message = `gave up after 5 attempts; change the spec or ask for a reconcile; ${cause}`;
      return { status: 'True', reason, message };
    }
    case 'InvalidLaunchParameters':
      return provisioned && { ...provisioned, status: 'True' };
    default:
      return undefined;
  }
}
