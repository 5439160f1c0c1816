/** What `after` has beyond `before`, when both are the ends of one growing text. */
export function addedTo(before: string, after: string): string {
  if (after === before) {
    return '';
  }
  for (let start = 0; start < before.length; start = nextLine(before, start)) {
    const kept = before.slice(start);
    if (after.startsWith(kept)) {
      return after.slice(kept.length);
    }
  }
  return after;
}

function nextLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end + 1;
}
