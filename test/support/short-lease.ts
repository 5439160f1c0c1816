/** Flags of a lease of so many seconds; the other two times keep the proportions of the defaults, 15/10/2. */
export function leaseOf(seconds: number): readonly string[] {
  return [
    `--lease-seconds=${seconds}`,
    `--lease-renew-seconds=${(seconds * 2) / 3}`,
    `--lease-retry-seconds=${seconds / 8}`,
  ];
}
