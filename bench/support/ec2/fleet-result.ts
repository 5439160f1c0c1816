import { launchBound, terminateBound } from './bounds.ts';

/** What one way to keep a fleet cost, from its first launch to its last termination; seconds are virtual. */
export interface FleetResult {
  readonly who: string;
  readonly count: number;
  /** Of every bucket, used up by somebody else. */
  readonly neighbourShare: number;
  readonly launchSeconds: number;
  readonly runCalls: number;
  /** DescribeInstances until all were launched. */
  readonly describes: number;
  /** Share of all calls until then that were answered with RequestLimitExceeded. */
  readonly throttledShare: number;
  readonly steadyCallsPerMinute: number;
  readonly terminateSeconds: number;
  readonly terminateCalls: number;
  /** Workspaces that ever had two live instances. */
  readonly duplicates: number;
}

/** What the issue asks of Treeline, beside each measure. */
const TARGETS = {
  'launched ÷ bound': '≤ 1.05',
  'RunInstances each': '≤ 1.05',
  'throttled %': '0; ≤ 2 beside a neighbour',
  'calls a minute, steady': '10 at 5,000',
  'terminated ÷ bound': '≤ 1.05',
  TerminateInstances: '≤ 12 at 5,000',
  duplicates: '0',
} as const;

/** One row a measure, one column for each who did it. */
export function toRows(results: readonly FleetResult[]): Readonly<Record<string, string>>[] {
  const columns = results.map((result) => ({ who: result.who, cells: cellsOf(result) }));
  return Object.keys(columns[0]?.cells ?? {}).map((measure) => ({
    measure,
    ...Object.fromEntries(columns.map(({ who, cells }) => [who, cells[measure] ?? ''])),
    target: (TARGETS as Readonly<Record<string, string>>)[measure] ?? '-',
  }));
}

function cellsOf(result: FleetResult): Readonly<Record<string, string>> {
  const { count, neighbourShare, launchSeconds, terminateSeconds } = result;
  return {
    'launched s': launchSeconds.toFixed(1),
    'launched ÷ bound': ratio(launchSeconds, launchBound(count, neighbourShare)),
    'RunInstances each': (result.runCalls / count).toFixed(3),
    'describes meanwhile': String(result.describes),
    'throttled %': (result.throttledShare * 100).toFixed(2),
    'calls a minute, steady': result.steadyCallsPerMinute.toFixed(1),
    'terminated s': terminateSeconds.toFixed(1),
    'terminated ÷ bound': ratio(terminateSeconds, terminateBound(count, neighbourShare)),
    TerminateInstances: String(result.terminateCalls),
    duplicates: String(result.duplicates),
  };
}

/** Without a bound, as where a burst takes all of it, the seconds speak for themselves. */
function ratio(seconds: number, bound: number): string {
  return bound === 0 ? '-' : (seconds / bound).toFixed(3);
}
