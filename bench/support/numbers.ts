/** The value below which `share` (0 to 1) of the samples lie. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** Prints rows as an aligned table with a title and a line on how it was measured. */
export function printTable(
  title: string,
  rows: readonly Readonly<Record<string, string | number>>[],
): void {
  const columns = Object.keys(rows[0] ?? {});
  const cells = rows.map((row) => columns.map((column) => toText(row[column])));
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...cells.map((row) => (row[index] ?? '').length)),
  );
  const line = (row: readonly string[]): string =>
    row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('   ');
  process.stdout.write(
    [`\n${title}`, line(columns), ...cells.map(line)].map((one) => one.trimEnd()).join('\n') + '\n',
  );
}

function toText(value: string | number | undefined): string {
  return typeof value === 'number' ? value.toFixed(value < 10 ? 1 : 0) : (value ?? '');
}
