/** The last `count` lines of a text, each with its end. */
export function lastLines(text: string, count: number): string {
  let start = text.length;
  for (let left = count; left > 0 && start > 0; left -= 1) {
    // An end of line belongs to the line before it.
    start = start === 1 ? 0 : text.lastIndexOf('\n', start - 2) + 1;
  }
  return text.slice(start);
}
