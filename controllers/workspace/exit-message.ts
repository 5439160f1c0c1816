import type { InstanceExit } from '../../backends/backend.ts';
import { maskSecrets } from '../../provisioning/mask-secrets.ts';
import type { Acceptance } from './accept.ts';

/** How an agent ended by itself, for conditions and activity. */
export function describeExit({ code, signal }: InstanceExit): string {
  const how = signal === undefined ? `code ${code ?? 'unknown'}` : `signal ${signal}`;
  return `the agent exited with ${how}`;
}

/** What an agent logged, for conditions and activity; '' while it cannot be told which secrets it was given. */
export function shownLog(log: string, acceptance: Acceptance): string {
  if (!acceptance.isAccepted) {
    return '';
  }
  return acceptance.draft === undefined ? log : maskSecrets(log, acceptance.draft);
}
