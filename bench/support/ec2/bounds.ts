/** Seconds that so many single launches take at least: bucket of RunInstances, burst 5, 2/s (ec2.md). */
export function launchBound(count: number): number {
  return Math.max(0, (count - 5) / 2);
}

/** Seconds that so many terminations take at least: 1000 instances at once, then 20/s (ec2.md). */
export function terminateBound(count: number): number {
  return Math.max(0, (count - 1000) / 20);
}
