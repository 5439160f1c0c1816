import { expect, it } from '@jest/globals';
import { ownershipOf } from '../../controllers/ownership.ts';
import { launch, pendingLaunch, seen } from './workspace/builders.ts';

const SEEN = seen();
const OTHER_TOKEN = seen({ marks: { ...SEEN.instance.marks, token: 'token-other' } });
const OTHER_ID = seen({ id: 'i-other' });
const OTHER_BACKEND = { ...SEEN, backend: 'ec2/us-east-1' };
const OTHER_ATTEMPT = seen({ marks: { ...SEEN.instance.marks, attempt: 2 } });

it.each([
  ['open, named by its row', SEEN, launch(), 'open'],
  ['open, by a row that knows no id yet', SEEN, pendingLaunch(), 'open'],
  ['open, while its row is closing', SEEN, launch({ state: 'closing' }), 'open'],
  ['closed, named by its row', SEEN, launch({ state: 'closed' }), 'closed'],
  ['closed, by a row that never knew an id', SEEN, closedWithoutId(), 'closed'],
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
    'contradicted, in another backend than a row without an id says',
    OTHER_BACKEND,
    pendingLaunch(),
    'contradicted',
  ],
  [
    'contradicted, with the token of one attempt and the number of another',
    OTHER_ATTEMPT,
    launch(),
    'contradicted',
  ],
] as const)('an instance is %s', (_title, one, row, kind) => {
  expect(ownershipOf(one, [row])).toBe(kind);
});

it('an instance is unrecorded when no row knows its attempt or its token', () => {
  const row = launch({ attempt: 2, instanceId: 'i-2' });

  expect(ownershipOf(SEEN, [])).toBe('unrecorded');
  expect(ownershipOf(SEEN, [row])).toBe('unrecorded');
});

it('goes by the row of its own attempt', () => {
  const closed = launch({ state: 'closed' });
  const open = launch({ attempt: 2, instanceId: 'i-2' });

  expect(ownershipOf(SEEN, [closed, open])).toBe('closed');
});

function closedWithoutId() {
  return pendingLaunch({ state: 'closed' });
}
