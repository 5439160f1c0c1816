import { relative } from 'node:path';
import type { Db } from '../../store/db.ts';
import { systemClock } from '../../lib/clock.ts';
import { countPhases } from '../../store/settled-rows.ts';
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
      `Records are kept in ${database}; agents run as processes below ${short(dataDir)}.`,
      observe
        ? 'It only observes: nothing is started or ended.'
        : 'Ctrl-C stops the controller and leaves the agents running.',
      '',
      '',
    ].join('\n'),
  );
}

/** Nobody waits longer than this for a first summary. */
const LONGEST_WAIT_MS = 60_000;
const LOOK_INTERVAL_MS = 100;

/** Once everything has come up (or after a minute): what runs, where the API is, and what to try. */
export function greet(options: {
  readonly db: Db;
  readonly url: string;
  readonly stdout: Writer;
  readonly signal: AbortSignal;
}): void {
  waitForCalm(options.db, options.signal)
    .then((counts) => {
      if (!options.signal.aborted) {
        options.stdout.write(greeting(options.url, counts));
      }
    })
    .catch(() => {
      options.stdout.write(greeting(options.url, new Map()));
    });
}

async function waitForCalm(db: Db, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
  const unsettled = ['Pending', 'Provisioning', 'Terminating', 'Offline'];
  for (let waitedMs = 0; ; waitedMs += LOOK_INTERVAL_MS) {
    const counts = new Map((await countPhases(db)).map(({ phase, count }) => [phase, count]));
    const isCalm = counts.size > 0 && !unsettled.some((phase) => counts.has(phase));
    if (isCalm || signal.aborted || waitedMs >= LONGEST_WAIT_MS) {
      return counts;
    }
    await systemClock.sleep(LOOK_INTERVAL_MS, signal);
  }
}

function greeting(url: string, counts: ReadonlyMap<string, number>): string {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const details = [...counts].map(([phase, count]) => `${count} ${phase.toLowerCase()}`).join(', ');
  return [
    '',
    total === 0 ? 'No workspaces are declared yet.' : `${total} workspaces: ${details}.`,
    `The API listens at ${url}. Try, in another terminal:`,
    '',
    '  npx treeline tree',
    '  npx treeline get workspaces -o wide',
    '  npx treeline events -f',
    '',
    '',
  ].join('\n');
}

function short(path: string): string {
  const fromHere = relative('.', path);
  return fromHere.startsWith('..') || fromHere === '' ? path : fromHere;
}
