/** Line that stands in a log between two runs of one instance, where both are in one log. */
export const RUN_BOUNDARY = 'treeline: starting the agent';

/** What the last run alone wrote: an earlier one may have been given other secrets. Pure. */
export function logOfLastRun(log: string): string {
  const at = log.lastIndexOf(`${RUN_BOUNDARY}\n`);
  return at === -1 ? log : log.slice(at + RUN_BOUNDARY.length + 1);
}
