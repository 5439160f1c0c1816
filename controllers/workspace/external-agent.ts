import { EXTERNAL_LOST_AFTER_SECONDS, HEARTBEAT_LOST_AFTER_SECONDS } from '../../api/heartbeat.ts';
import type { AgentReport, WorkspaceView } from '../../store/workspace-view.ts';
import { wordOf } from './agent.ts';

/** Whether something accepts connections at a declared address. */
export interface AddressAnswer {
  readonly isAnswering: boolean;
  /** Why nobody was asked there, completing "spec.external.url ...". */
  readonly refusal?: string;
}

/** The last answer at an address that the declaration of this workspace gives; undefined while nobody has asked there. */
export type AnswerOf = (uid: string, url: string | undefined) => AddressAnswer | undefined;

/** What is known of an agent that runs elsewhere. */
export type ExternalAgent =
  /** It has never spoken; `answer` is that of its declared address, undefined without one or while nobody has asked. */
  | { readonly kind: 'Awaited'; readonly url?: string; readonly answer?: AddressAnswer }
  | { readonly kind: 'Beating'; readonly isDegraded: boolean; readonly report: AgentReport }
  | { readonly kind: 'Lost' };

/** Once it has spoken its heartbeats count, whatever its address says (docs/adr/0006). Pure. */
export function externalAgentOf({
  url,
  report,
  answer,
  now,
}: {
  readonly url: string | undefined;
  readonly report: AgentReport | undefined;
  readonly answer: AddressAnswer | undefined;
  readonly now: Date;
}): ExternalAgent {
  if (report === undefined) {
    return {
      kind: 'Awaited',
      ...(url !== undefined && { url }),
      ...(answer !== undefined && { answer }),
    };
  }
  return wordOf(report, now, EXTERNAL_LOST_AFTER_SECONDS) === 'lost'
    ? { kind: 'Lost' }
    : { kind: 'Beating', isDegraded: report.isDegraded, report };
}

/** It is declared to run elsewhere, and no launch of it is open any more. */
export function isElsewhere({ record, launches }: Pick<WorkspaceView, 'record' | 'launches'>) {
  return record.spec.external !== undefined && launches.every(({ state }) => state === 'closed');
}

/** Seconds of silence after which the agent of the open attempt counts as lost; without a launch it can only be elsewhere. */
export function lostAfterSeconds({ launches }: Pick<WorkspaceView, 'launches'>): number {
  return launches.every(({ state }) => state === 'closed')
    ? EXTERNAL_LOST_AFTER_SECONDS
    : HEARTBEAT_LOST_AFTER_SECONDS;
}
