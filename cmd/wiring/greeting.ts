import { relative } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import type { RunOptions } from '../options.ts';

interface Writer {
  write(text: string): unknown;
}

/** Says what is about to happen, before the first line of the log. */
export function announce(options: RunOptions, stdout: Writer): void {
  const { directory, dataDir, databaseUrl, observe } = options;
  const source =
    directory === undefined ? 'what the API is told' : `the manifests in ${short(directory)}`;
  const database =
    databaseUrl === undefined
      ? `an embedded PostgreSQL in ${short(dataDir)}`
      : 'PostgreSQL at DATABASE_URL';
  stdout.write(
    [
      `Treeline makes what runs equal to ${source}.`,
      `Records are kept in ${database}; agents that are processes run below ${short(dataDir)}.`,
      observe
        ? 'It only observes: nothing is started or ended.'
        : 'Ctrl-C stops the controller and leaves the agents running.',
      '',
      '',
    ].join('\n'),
  );
}

/** How many workspaces are in each phase. */
export type PhaseCounts = ReadonlyMap<string, number>;

export interface GreetOptions {
  readonly readCounts: () => Promise<PhaseCounts>;
  /** Every record was compared with what runs since this controller leads: until then the statuses are of another time. */
  readonly isCaughtUp: () => boolean;
  /** Something is declared by itself, so that an empty database is not the last word. */
  readonly hasSource: boolean;
  readonly url: string;
  readonly stdout: Writer;
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** Nobody waits longer than this for a first summary. */
const LONGEST_WAIT_MS = 60_000;
/** Nor longer than this for a first declaration. */
const LONGEST_EMPTY_WAIT_MS = 10_000;
const LOOK_INTERVAL_MS = 100;
/** Phases that pass by themselves, when all goes well. */
const PASSING: readonly string[] = ['Pending', 'Provisioning', 'Terminating', 'Offline'];

/** Once everything has come up (or after a minute): what runs, where the API is, and what to try. Never rejects. */
export async function greet(options: GreetOptions): Promise<void> {
  const { clock, signal, stdout, url } = options;
  let counts: PhaseCounts | undefined;
  for (let waitedMs = 0; waitedMs < LONGEST_WAIT_MS; waitedMs += LOOK_INTERVAL_MS) {
    counts = await look(options);
    if (signal.aborted || isCalm(counts, waitedMs, options)) {
      break;
    }
    await clock.sleep(LOOK_INTERVAL_MS, signal);
  }
  if (!signal.aborted) {
    stdout.write(greeting(url, counts));
  }
}

/** undefined while nobody can say: this controller has not compared yet, or the database is away. */
async function look({ isCaughtUp, readCounts }: GreetOptions): Promise<PhaseCounts | undefined> {
  return isCaughtUp() ? await readCounts().catch(() => undefined) : undefined;
}

function isCalm(
  counts: PhaseCounts | undefined,
  waitedMs: number,
  { hasSource }: GreetOptions,
): boolean {
  if (counts?.size === 0) {
    return !hasSource || waitedMs >= LONGEST_EMPTY_WAIT_MS;
  }
  return counts !== undefined && !PASSING.some((phase) => counts.has(phase));
}

function greeting(url: string, counts: PhaseCounts | undefined): string {
  return [
    '',
    summary(counts),
    `The API listens at ${url}. Try, in another terminal:`,
    '',
    '  npx treeline tree',
    '  npx treeline get workspaces -o wide',
    '  npx treeline events -f',
    '',
    '',
  ].join('\n');
}

function summary(counts: PhaseCounts | undefined): string {
  if (counts === undefined) {
    return 'Another controller leads, or the database is away: this one goes on when it can.';
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const details = [...counts].map(([phase, count]) => `${count} ${phase.toLowerCase()}`).join(', ');
  return total === 0 ? 'No workspaces are declared yet.' : `${total} workspaces: ${details}.`;
}

function short(path: string): string {
  const fromHere = relative('.', path);
  return fromHere.startsWith('..') || fromHere === '' ? path : fromHere;
}
