import type { Exploration } from './explore.ts';

/** One line of the table that is printed after the tests. */
export interface Line {
  readonly name: string;
  readonly exploration: Exploration;
}

const HEADS = ['world', 'states', 'transitions', 'depth', 'violations', 'ms'] as const;

/** The table: world, states, transitions, depth, violations, milliseconds. */
export function tableOf(lines: readonly Line[]): string {
  const rows = [HEADS, ...lines.map(toCells)];
  const widths = HEADS.map((_, column) =>
    Math.max(...rows.map((cells) => (cells[column] ?? '').length)),
  );
  return rows.map((cells) => cells.map((cell, at) => pad(cell, at, widths)).join('  ')).join('\n');
}

function toCells({ name, exploration }: Line): readonly string[] {
  const { states, transitions, depth, violation, milliseconds, isComplete } = exploration;
  const cut = isComplete || violation !== undefined ? '' : ' (cut off)';
  const steps = violation === undefined ? 0 : violation.trace.length + violation.then.length;
  return [
    name + cut,
    String(states),
    String(transitions),
    String(depth),
    violation === undefined ? '0' : `after ${steps} steps`,
    String(milliseconds),
  ];
}

function pad(cell: string, column: number, widths: readonly number[]): string {
  const width = widths[column] ?? 0;
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

/** What went wrong and how it came to that, with the number of steps. What a fair run added stands after `…`. */
export function traceOf({ violation }: Exploration): string {
  if (violation === undefined) {
    return 'nothing wrong';
  }
  const { message, trace, then } = violation;
  const rest = then.length === 0 ? [] : ['…', ...then];
  return `${message} after ${trace.length + then.length} steps:\n  ${[...trace, ...rest].join(' → ')}`;
}
