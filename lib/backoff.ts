export interface Backoff {
  /** The wait after the first failure. */
  readonly initialSeconds: number;
  /** No wait is longer, jitter included. */
  readonly maxSeconds: number;
  /** The fraction of a wait, 0 to 1, that chance may take off it. */
  readonly jitter: number;
}

export interface BackoffInput extends Backoff {
  /** Failures in a row; 1 is the first. */
  readonly failures: number;
  /** A number from 0 (inclusive) to 1 (exclusive), as `Math.random`. */
  readonly random: () => number;
}

/** 2^62 times any sensible first wait is beyond any sensible maximum; larger powers end in Infinity. */
const MAX_DOUBLINGS = 62;

/**
 * Seconds to wait after `failures` failures in a row: doubling from `initialSeconds`, at most `maxSeconds`;
 * 0 without a failure. Jitter only shortens, so that the maximum stays a maximum and keys that failed
 * together do not come back together.
 */
export function backoffSeconds(input: BackoffInput): number {
  const { failures, initialSeconds, maxSeconds, jitter, random } = input;
  if (failures < 1) {
    return 0;
  }
  const doubled = initialSeconds * 2 ** Math.min(failures - 1, MAX_DOUBLINGS);
  return Math.min(doubled, maxSeconds) * (1 - jitter * random());
}
