import { join } from 'node:path';
import { errorCode } from '../../lib/error-code.ts';
import { createOnce } from './atomic-files.ts';
import { RUN_FILE } from './layout.ts';
import type { ClaimRecord } from './records.ts';

/** Makes this process the only one that may run the command of a run. False: another one did, or it was called off. */
export function claimRun(
  runPath: string,
  { supervisor, root }: Required<Pick<ClaimRecord, 'supervisor' | 'root'>>,
  at: Date,
): boolean {
  const claim: ClaimRecord = { at: at.toISOString(), supervisor, root };
  return createOnce(join(runPath, RUN_FILE.claim), JSON.stringify(claim));
}

/** Makes sure that a run nobody has claimed is never begun. False: somebody has claimed it, or it is gone. */
export function callOffRun(runPath: string, at: Date): boolean {
  const claim: ClaimRecord = { at: at.toISOString() };
  try {
    return createOnce(join(runPath, RUN_FILE.claim), JSON.stringify(claim));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      return false;
    }
    throw error;
  }
}
