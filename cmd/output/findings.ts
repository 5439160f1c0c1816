import type { Finding } from '../doctor/finding.ts';
import { printable, type Style } from './style.ts';
import { renderTable } from './table.ts';

const MARKS = {
  ok: { unicode: '✓', color: 'green' },
  warn: { unicode: '!', color: 'yellow' },
  fail: { unicode: '✗', color: 'red' },
} as const;

/** One line per finding; what to do follows on a line of its own. */
export function renderFindings(findings: readonly Finding[], style: Style): string[] {
  const table = renderTable(
    findings.map(({ level, what, message }) => {
      const { unicode, color } = MARKS[level];
      const text = style.unicode ? `${unicode} ${level}` : level;
      return [{ text, paint: style.colors[color] }, what, printable(message)];
    }),
  );
  return findings.flatMap(({ todo }, index) => [
    table[index] ?? '',
    ...(todo === undefined ? [] : [`${' '.repeat(9)}${style.unicode ? '→' : '->'} ${todo}`]),
  ]);
}
