import type { Action } from './action.ts';
import type { Situation } from './situation.ts';

/**
 * The step towards an agent that runs elsewhere, or away from it, once no launch is open: it gets an attempt of its own, and loses
 * it before a class launches anything (docs/adr/0006). undefined: no such step. One that is not accepted stays as it is.
 */
export function planExternal({ acceptance, record, sight }: Situation): Action | undefined {
  const isOpen = record.externalAttempt !== undefined;
  if (!acceptance.isAccepted || isOpen === (acceptance.elsewhere !== undefined)) {
    return undefined;
  }
  return isOpen
    ? { kind: 'CloseExternal' }
    : { kind: 'OpenExternal', highestAttemptSeen: sight.highestAttempt };
}
