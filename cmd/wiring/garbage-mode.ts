import type { GarbageMode } from '../../controllers/garbage-collection/reconciler.ts';
import type { Installation } from './installation.ts';
import type { RunOptions } from '../options.ts';

/** A new installation only reports for this long, unless told otherwise (design §7). */
const REPORT_FIRST_HOURS = 24;

/** What garbage collection may do now; asked in each pass. */
export function garbageModeOf(
  { garbage }: Pick<RunOptions, 'garbage'>,
  {
    isEmbedded,
    installation,
    now,
  }: {
    readonly isEmbedded: boolean;
    readonly installation: Pick<Installation, 'createdAt'>;
    readonly now: () => Date;
  },
): () => GarbageMode | 'off' {
  if (garbage !== undefined) {
    return () => garbage;
  }
  if (isEmbedded) {
    return () => 'enforce';
  }
  const enforceAt = installation.createdAt.getTime() + REPORT_FIRST_HOURS * 3_600_000;
  return () => (now().getTime() >= enforceAt ? 'enforce' : 'report');
}
