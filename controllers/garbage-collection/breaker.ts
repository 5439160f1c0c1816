import { hashOf } from '../../lib/hash.ts';
import type { Stray } from './plan.ts';

/** Garbage above this share of what was listed looks like a mistake (design §7). */
const LARGEST_SHARE = 0.2;
/** Below this many, a share says nothing (design §7). */
const SMALLEST_SUSPICIOUS_COUNT = 5;

export interface BreakerInput {
  /** Proven garbage of this pass, over all backends. */
  readonly garbage: readonly Stray[];
  readonly listedCount: number;
  readonly liveRecords: number;
  /** Live records at the last pass in which nothing was suspicious. */
  readonly liveRecordsBefore: number;
  readonly installationMismatch: boolean;
  /** Digest of the list that a person approved last. */
  readonly approvedDigest: string | undefined;
}

export type BreakerReason = 'TooMuchGarbage' | 'RecordsVanished' | 'InstallationMismatch';

/** Whether deletions are halted in this pass, and for which list a person may approve them. */
export type Breaker =
  | { readonly isOpen: false }
  | {
      readonly isOpen: true;
      readonly reason: BreakerReason;
      readonly message: string;
      readonly digest: string;
    };

/** Opens when too many deletions look due at once. Approval is for exactly one list; mismatch cannot be approved. Pure. */
export function computeBreaker(input: BreakerInput): Breaker {
  const cause = causeOf(input);
  if (cause === undefined) {
    return { isOpen: false };
  }
  const digest = digestOf(input.garbage);
  const isApproved = cause.reason !== 'InstallationMismatch' && input.approvedDigest === digest;
  return isApproved ? { isOpen: false } : { isOpen: true, ...cause, digest };
}

function causeOf(
  input: BreakerInput,
): { readonly reason: BreakerReason; readonly message: string } | undefined {
  const { garbage, listedCount, liveRecords, liveRecordsBefore } = input;
  if (input.installationMismatch) {
    const message = 'the database belongs to another installation';
    return { reason: 'InstallationMismatch', message };
  }
  if (garbage.length > 0 && liveRecords * 2 < liveRecordsBefore) {
    const message = `live records fell from ${liveRecordsBefore} to ${liveRecords}`;
    return { reason: 'RecordsVanished', message };
  }
  const limit = Math.max(SMALLEST_SUSPICIOUS_COUNT, listedCount * LARGEST_SHARE);
  if (garbage.length > limit) {
    const message = `${garbage.length} of ${listedCount} instances look like garbage`;
    return { reason: 'TooMuchGarbage', message };
  }
  return undefined;
}

/** 12 hexadecimal characters over the sorted list: short enough to type, long enough not to match by chance. */
export function digestOf(strays: readonly Stray[]): string {
  const ids = strays.map(({ backend, instance }) => `${backend}/${instance.id}`).sort();
  return hashOf(ids).slice(0, 12);
}
