const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/**
 * A length of time in at most two units, as kubectl shows ages: `45s`, `3m20s`, `47m`, `5h12m`, `3d4h`, `90d`, `2y14d`.
 * Not negative: clocks differ, a thing made a moment ago is `0s` old.
 */
export function formatDuration(seconds: number): string {
  const total = Math.max(0, Math.floor(seconds));
  const range = RANGES.find(({ below }) => total < below) ?? LAST_RANGE;
  return range.format(total);
}

/** Time from `since` (ISO 8601) to `now`; `<unknown>` when there is no such time. */
export function formatAge(since: string | undefined, now: Date): string {
  const start = Date.parse(since ?? '');
  return Number.isNaN(start) ? '<unknown>' : formatDuration((now.getTime() - start) / 1000);
}

interface Range {
  readonly below: number;
  readonly format: (seconds: number) => string;
}

/** Two units while the second one still says something; the same limits as kubectl. */
const RANGES: readonly Range[] = [
  { below: 2 * MINUTE, format: (total) => `${total}s` },
  { below: 10 * MINUTE, format: (total) => two(total, [MINUTE, 'm'], [1, 's']) },
  { below: 3 * HOUR, format: (total) => `${Math.floor(total / MINUTE)}m` },
  { below: 8 * HOUR, format: (total) => two(total, [HOUR, 'h'], [MINUTE, 'm']) },
  { below: 2 * DAY, format: (total) => `${Math.floor(total / HOUR)}h` },
  { below: 8 * DAY, format: (total) => two(total, [DAY, 'd'], [HOUR, 'h']) },
  { below: 2 * YEAR, format: (total) => `${Math.floor(total / DAY)}d` },
];
const LAST_RANGE: Range = {
  below: Infinity,
  format: (total) => two(total, [YEAR, 'y'], [DAY, 'd']),
};

type Unit = readonly [seconds: number, letter: string];

function two(total: number, [big, bigLetter]: Unit, [small, smallLetter]: Unit): string {
  const rest = Math.floor((total % big) / small);
  return `${Math.floor(total / big)}${bigLetter}${rest === 0 ? '' : `${rest}${smallLetter}`}`;
}
