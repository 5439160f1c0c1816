import type { Harness } from '../support/harness.ts';
import { processClass, workspace } from '../support/manifests.ts';
import { BYSTANDER, SUBJECT } from './crash-case.ts';
import { ourInstances } from './world.ts';

type Change = Partial<Parameters<typeof workspace>[0]>;

/** Declares the subject with some change, and the bystander as ever. */
export function declareSubject(change: Change = {}): (harness: Harness) => Promise<void> {
  return async (harness) => {
    await harness.apply(processClass(), BYSTANDER, workspace({ ...SUBJECT, ...change }));
  };
}

export async function deleteSubject(harness: Harness): Promise<void> {
  await harness.apply(processClass(), BYSTANDER);
}

/** Only the bystander runs. */
export async function arrangeBystander(harness: Harness): Promise<void> {
  await deleteSubject(harness);
  await harness.settle();
}

export const pause = declareSubject({ desiredState: 'Paused' });
export const running = { subject: 'running' } as const;
export const absent = { subject: 'absent' } as const;

/** The provider's instance of the subject. */
export function subjectId(harness: Harness): string {
  return ourInstances(harness).find(({ marks }) => marks.name === 'subject')?.id ?? 'none';
}
