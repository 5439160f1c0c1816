/** The lowest layer of the merge: what holds where neither class, template, org nor workspace says anything. */

/** Tasks an agent takes at once (lessons.md, 2.6). */
export const DEFAULT_MAX_CONCURRENT_TASKS = 1;

/** What an agent of this runtime thinks with (lessons.md, 2.5). */
export function defaultModel(runtime: string): string {
  return runtime === 'claude-code' ? 'sonnet' : 'anthropic:claude-opus-4-7';
}

/** Seconds a launch may take until the agent registers; `hermes` is slow to start (lessons.md, 2.3). */
export function defaultProvisionTimeoutSeconds(runtime: string): number {
  return runtime === 'hermes' ? 1800 : 600;
}
