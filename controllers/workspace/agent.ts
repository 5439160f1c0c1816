import { HEARTBEAT_LOST_AFTER_SECONDS } from '../../api/heartbeat.ts';
import type { Instance } from '../../backends/backend.ts';
import type { Wanted } from '../../provisioning/wanted.ts';
import type { AgentReport } from '../../store/workspace-view.ts';

/** What is known of the agent inside a running instance. */
export type AgentState =
  /** Its class says that it does not register. */
  | { readonly kind: 'NotExpected' }
  /** It has not spoken since this start; negative when the provision timeout has passed. */
  | { readonly kind: 'Awaited'; readonly secondsLeft: number; readonly sinceSeconds: number }
  | { readonly kind: 'Beating'; readonly isDegraded: boolean; readonly report: AgentReport }
  | { readonly kind: 'Lost'; readonly report: AgentReport };

/**
 * Pure. `report` is that of the open attempt and is forgotten at each start of ours, so it speaks of this run; but for the start of a
 * controller that lost the lead in the middle of it, whose agent has a token that is revoked. It is awaited, and times out.
 */
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
  const runsSince = startedAt ?? launchedAt;
  const isLost = wordOf(report, now, HEARTBEAT_LOST_AFTER_SECONDS) === 'lost';
  if (report === undefined || (isLost && report.heartbeatAt < runsSince)) {
    const sinceSeconds = secondsBetween(runsSince, now);
    return {
      kind: 'Awaited',
      sinceSeconds,
      secondsLeft: wanted.provisionTimeoutSeconds - sinceSeconds,
    };
  }
  return isLost
    ? { kind: 'Lost', report }
    : { kind: 'Beating', isDegraded: report.isDegraded, report };
}

/** All that the resync needs to know of a report: one word for each thing that a pass would do or say differently. */
export type AgentWord = 'none' | 'beating' | 'degraded' | 'lost';

/** `settledPages` computes the same in SQL. Pure. */
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
