import type { Instance } from '../../backends/backend.ts';
import type { Wanted } from '../../provisioning/wanted.ts';
import type { AgentReport } from '../../store/workspace-view.ts';

/**
 * Seconds without a sign of life before an agent counts as lost.
 * 180, not 60: a busy agent's event loop stalls for 60-120 s (lessons.md, P17).
 */
export const HEARTBEAT_LOST_AFTER_SECONDS = 180;

/** The same of an agent that runs elsewhere (lessons.md, 2.3): nobody restarts it, so a mistake costs no more than a word. */
export const EXTERNAL_LOST_AFTER_SECONDS = 90;

/** Both, as the resync asks for them. */
export const SILENCE_LIMITS = {
  silentSeconds: HEARTBEAT_LOST_AFTER_SECONDS,
  externalSilentSeconds: EXTERNAL_LOST_AFTER_SECONDS,
} as const;

/** What is known of the agent inside a running instance. */
export type AgentState =
  /** Its class says that it does not register. */
  | { readonly kind: 'NotExpected' }
  /** It has not spoken since this start; negative when the provision timeout has passed. */
  | { readonly kind: 'Awaited'; readonly secondsLeft: number; readonly sinceSeconds: number }
  | { readonly kind: 'Beating'; readonly isDegraded: boolean; readonly report: AgentReport }
  | { readonly kind: 'Lost'; readonly report: AgentReport };

/** Pure. `report` is that of the open attempt and is forgotten at each start, so it speaks of this run. */
export function agentOf({
  wanted,
  report,
  instance: { startedAt, launchedAt },
  now,
}: {
  readonly wanted: Pick<Wanted, 'registers' | 'provisionTimeoutSeconds'>;
  readonly report: AgentReport | undefined;
  readonly instance: Pick<Instance, 'startedAt' | 'launchedAt'>;
  readonly now: Date;
}): AgentState {
  if (!wanted.registers) {
    return { kind: 'NotExpected' };
  }
  if (report === undefined) {
    const sinceSeconds = secondsBetween(startedAt ?? launchedAt, now);
    return {
      kind: 'Awaited',
      sinceSeconds,
      secondsLeft: wanted.provisionTimeoutSeconds - sinceSeconds,
    };
  }
  return wordOf(report, now, HEARTBEAT_LOST_AFTER_SECONDS) === 'lost'
    ? { kind: 'Lost', report }
    : { kind: 'Beating', isDegraded: report.isDegraded, report };
}

/** All that the resync needs to know of a report: one word for each thing that a pass would do or say differently. */
export type AgentWord = 'none' | 'beating' | 'degraded' | 'lost';

/** `listSettledRows` computes the same in SQL. Pure. */
export function wordOf(
  report: AgentReport | undefined,
  now: Date,
  lostAfterSeconds: number,
): AgentWord {
  if (report === undefined) {
    return 'none';
  }
  if (secondsBetween(report.heartbeatAt, now) > lostAfterSeconds) {
    return 'lost';
  }
  return report.isDegraded ? 'degraded' : 'beating';
}

function secondsBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1000;
}
