import type { InstanceExit } from '../../backends/backend.ts';
import { maskSecrets } from '../../provisioning/mask-secrets.ts';
import type { Acceptance } from './accept.ts';
import { isDrift } from './drift.ts';

/** How an agent ended by itself, for conditions and activity. */
export function describeExit({ code, signal }: InstanceExit): string {
  const how = signal === undefined ? `code ${code ?? 'unknown'}` : `signal ${signal}`;
  return `the agent exited with ${how}`;
}

/**
 * What an agent said or logged, for conditions and activity; '' while it cannot be told which secrets it was given. `startedWith` is
 * the hash of the bundle it was started with, where that is known: once another one is wanted, its secrets may be others.
 */
export function shownText(text: string, acceptance: Acceptance, startedWith = ''): string {
  if (!acceptance.isAccepted) {
    return '';
  }
  const { draft, minted } = acceptance;
  if (draft === undefined) {
    return text;
  }
  return isDrift(startedWith, draft.configHash) ? '' : maskSecrets(text, draft, minted);
}
