import type { InstanceExit } from '../../backends/backend.ts';

/** How an agent ended by itself, for conditions and activity. */
export function describeExit({ code, signal }: InstanceExit): string {
  const how = signal === undefined ? `code ${code ?? 'unknown'}` : `signal ${signal}`;
  return `the agent exited with ${how}`;
}
