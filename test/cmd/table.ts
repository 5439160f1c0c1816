/** Cells of a printed table, by line; cells are apart by two spaces at least, ages are left out. */
export function table(text: string): string[][] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/).filter((cell) => !/^\d+s$/.test(cell)));
}
