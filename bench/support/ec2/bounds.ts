/** Seconds that so many single launches take at least: bucket of RunInstances, burst 5, 2/s (ec2.md), less a neighbour's share. */
export function launchBound(count: number, neighbourShare = 0): number {
  const left = 1 - neighbourShare;
  return Math.max(0, (count - 5 * left) / (2 * left));
}

/** Seconds that so many terminations take at least: 1000 instances at once, then 20/s (ec2.md), less a neighbour's share. */
export function terminateBound(count: number, neighbourShare = 0): number {
  const left = 1 - neighbourShare;
  return Math.max(0, (count - 1000 * left) / (20 * left));
}
