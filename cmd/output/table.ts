/** A cell may be painted: the width is that of the text. */
export interface PaintedCell {
  readonly text: string;
  readonly paint: (text: string) => string;
}
export type Cell = string | PaintedCell;

/** Between two columns, as in kubectl. */
const GAP = '   ';

/** Aligned columns, one line per row, no trailing spaces. */
export function renderTable(rows: readonly (readonly Cell[])[]): string[] {
  return renderRows(rows, columnWidths(rows));
}

/** Rows in columns at least as wide as `widths`: for tables that grow while they are watched. */
export function renderRows(
  rows: readonly (readonly Cell[])[],
  widths: readonly number[],
): string[] {
  return rows.map((row) =>
    row
      .map((cell, index) => pad(cell, widths[index] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
}

export function columnWidths(rows: readonly (readonly Cell[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, width(textOf(cell)));
    }
  }
  return widths;
}

function pad(cell: Cell, columns: number): string {
  const text = textOf(cell);
  // Painting nothing would leave escape sequences at the end of the line.
  const painted = typeof cell === 'string' || text === '' ? text : cell.paint(text);
  return painted + ' '.repeat(Math.max(0, columns - width(text)));
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}

function width(text: string): number {
  return Array.from(text).length;
}
