import { describe, expect, it } from '@jest/globals';
import { remarkOnRestart, remarkOnWake } from '../../../server/api/request-remark.ts';

type Asked = Parameters<typeof remarkOnWake>[0];

const UP: Asked = { phase: 'Online', annotations: {}, requests: {}, spec: {} };
const HIBERNATION = {
  claimedAt: '2026-01-01T00:00:00.000Z',
  reason: 'Idle',
  generation: 1,
} as const;
const ASLEEP: Asked = { ...UP, phase: 'Hibernated', hibernation: HIBERNATION };

describe('remarkOnRestart', () => {
  it.each<[string, Asked, string | undefined]>([
    ['it is up', UP, undefined],
    ['it starts', { ...UP, phase: 'Provisioning' }, undefined],
    [
      'it, or an ancestor, is paused',
      { ...UP, phase: 'Paused' },
      'is paused, or below one that is: it starts with its next resume',
    ],
    [
      'its pause was declared a moment ago',
      { ...UP, spec: { desiredState: 'Paused' } },
      'is paused, or below one that is: it starts with its next resume',
    ],
    ['it sleeps', ASLEEP, 'is hibernated: it starts with its next wake'],
    [
      'it was put to sleep a moment ago',
      { ...ASLEEP, phase: 'Online' },
      'is hibernated: it starts with its next wake',
    ],
    ['it was woken', { ...ASLEEP, requests: { wakeRequestedAt: 'now' } }, undefined],
    [
      'it was paused while it slept',
      { ...ASLEEP, phase: 'Paused' },
      'is hibernated, and paused or below one that is: it starts with its next wake after a resume',
    ],
  ])('says when it starts: %s', (_when, workspace, remark) => {
    expect(remarkOnRestart(workspace, {})).toBe(remark);
  });

  it('says that its state is emptied with that start', () => {
    expect(remarkOnRestart(ASLEEP, { resetSession: true })).toBe(
      'is hibernated: it starts, with an empty state, with its next wake',
    );
  });
});

describe('remarkOnWake', () => {
  const hibernateRequestedAt = '2026-01-02T00:00:00.000Z';

  it.each<[string, Asked, string | undefined]>([
    ['it sleeps', ASLEEP, undefined],
    ['it is put to sleep', { ...ASLEEP, phase: 'Hibernating' }, undefined],
    ['it was woken a moment ago', { ...UP, phase: 'Hibernated' }, undefined],
    ['it is up', UP, 'is not asleep'],
    [
      'its hibernation was asked for',
      { ...UP, requests: { hibernateRequestedAt } },
      'is not asleep yet, and will not be hibernated',
    ],
    [
      'it has slept and was woken since',
      {
        ...UP,
        requests: { hibernateRequestedAt },
        hibernation: {
          ...HIBERNATION,
          request: hibernateRequestedAt,
          wokenAt: hibernateRequestedAt,
        },
      },
      'is not asleep',
    ],
  ])('says whether there is somebody to wake: %s', (_when, workspace, remark) => {
    expect(remarkOnWake(workspace)).toBe(remark);
  });
});
