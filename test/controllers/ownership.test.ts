import { expect, it } from '@jest/globals';
import { ownershipOf } from '../../controllers/ownership.ts';
import { launch, pendingLaunch, seen } from './workspace/builders.ts';

const { instance: INSTANCE } = seen();
const { instance: OTHER_TOKEN } = seen({ marks: { ...INSTANCE.marks, token: 'token-other' } });
const { instance: OTHER_ID } = seen({ id: 'i-other' });
const { instance: OTHER_ATTEMPT } = seen({ marks: { ...INSTANCE.marks, attempt: 2 } });

it.each([
  ['open, named by its row', INSTANCE, launch(), 'open'],
  ['open, by a row that knows no id yet', INSTANCE, pendingLaunch(), 'open'],
  ['open, while its row is closing', INSTANCE, launch({ state: 'closing' }), 'open'],
  ['closed, named by its row', INSTANCE, launch({ state: 'closed' }), 'closed'],
  ['closed, by a row that never knew an id', INSTANCE, closedWithoutId(), 'closed'],
  ['contradicted, of another id than the row says', OTHER_ID, launch(), 'contradicted'],
  ['contradicted, of another token than the row says', OTHER_TOKEN, launch(), 'contradicted'],
  [
    'contradicted, of another token than a row without an id',
    OTHER_TOKEN,
    pendingLaunch(),
    'contradicted',
  ],
  [
    'contradicted, of another id than a closed row says',
    OTHER_ID,
    launch({ state: 'closed' }),
    'contradicted',
  ],
  [
    'contradicted, with the token of one attempt and the number of another',
    OTHER_ATTEMPT,
    launch(),
    'contradicted',
  ],
] as const)('an instance is %s', (_title, instance, row, kind) => {
  expect(ownershipOf(instance, [row]).kind).toBe(kind);
});

it('an instance is unrecorded when no row knows its attempt or its token', () => {
  const row = launch({ attempt: 2, instanceId: 'i-2' });

  expect(ownershipOf(INSTANCE, [])).toEqual({ kind: 'unrecorded' });
  expect(ownershipOf(INSTANCE, [row])).toEqual({ kind: 'unrecorded' });
});

it('names the row that proves what it says', () => {
  const closed = launch({ state: 'closed' });
  const open = launch({ attempt: 2, instanceId: 'i-2' });

  expect(ownershipOf(INSTANCE, [closed, open])).toEqual({ kind: 'closed', launch: closed });
});

function closedWithoutId() {
  return pendingLaunch({ state: 'closed' });
}
