import type { GarbageAnswer, GarbageEntry } from '../../server/contract-operations.ts';
import { formatAge } from './age.ts';
import { printable } from './style.ts';
import { renderTable } from './table.ts';

/** One line per instance; nothing at all when there is none. */
export function renderGarbage(entries: readonly GarbageEntry[], now: Date): string[] {
  if (entries.length === 0) {
    return [];
  }
  return renderTable([
    ['INSTANCE', 'WORKSPACE', 'ATTEMPT', 'DECISION', 'SINCE', 'LAST SEEN', 'EVIDENCE'],
    ...entries.map((entry) => [
      `${entry.backend}/${entry.instanceId}`,
      nameOf(entry),
      String(entry.attempt),
      entry.decision,
      formatAge(entry.firstSeenAt, now),
      formatAge(entry.lastSeenAt, now),
      summarize(entry.evidence),
    ]),
  ]);
}

/** Why nothing is deleted, and how to go on; nothing while the breaker is closed. */
export function renderBreaker(breaker: GarbageAnswer['breaker']): string[] {
  if (!breaker.isOpen) {
    return [];
  }
  const { reason = 'unknown', message = '', digest } = breaker;
  return [
    `the breaker is open, nothing is deleted: ${reason}${message === '' ? '' : `: ${printable(message)}`}`,
    ...(digest === undefined
      ? []
      : [`to approve exactly this list: treeline gc approve --breaker ${digest}`]),
  ];
}

/** The name among the owner marks, else the uid. */
function nameOf({ evidence, workspaceUid }: GarbageEntry): string {
  const marks = member(evidence, 'marks');
  const name = member(marks, 'name');
  return typeof name === 'string' ? `${String(member(marks, 'namespace'))}/${name}` : workspaceUid;
}

/** `record absent, launch closed`: the simple facts; `-o json` has all of them. */
function summarize(evidence: unknown): string {
  return ['record', 'launch', 'closeReason', 'state']
    .map((key) => [key, member(evidence, key)])
    .filter(([, value]) => typeof value === 'string')
    .map(([key, value]) => `${String(key)} ${printable(String(value))}`)
    .join(', ');
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
