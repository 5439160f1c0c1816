import type { WorkspaceContext } from './context.ts';

/**
 * Whoever has just begun to lead may have been away, or have another database, while agents spoke: two of their heartbeats
 * (lessons.md, 2.3: 30 s) are waited for before one is given up, or a change is said to have failed.
 */
export const LEAST_LISTENING_SECONDS = 60;

/** For how long this controller has led. */
export function listenedSeconds({
  clock,
  leadingSince,
}: Pick<WorkspaceContext, 'clock' | 'leadingSince'>): number {
  return (clock.now().getTime() - leadingSince.getTime()) / 1000;
}
