/** Flags of a lease that is taken over within seconds; the shortest that a busy machine renews in time. */
export const SHORT_LEASE = [
  '--lease-seconds=3',
  '--lease-renew-seconds=2',
  '--lease-retry-seconds=0.3',
];
