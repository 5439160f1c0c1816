import { usageError } from '../cli-error.ts';

const SECONDS_PER_UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Seconds of `90s`, `5m` or `1h30m`; a plain number is seconds. Throws a usage error that names `flag`. */
export function parseDurationSeconds(flag: string, text: string): number {
  if (!/^(\d{1,9}|(\d{1,9}[smh])+)$/.test(text)) {
    throw usageError(`${flag} must be a time like 90s, 5m or 1h30m (got ${text})`);
  }
  const parts = [...text.matchAll(/(\d+)([smh]?)/g)];
  return parts.reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (SECONDS_PER_UNIT[unit] ?? 1),
    0,
  );
}
