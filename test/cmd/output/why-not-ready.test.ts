import { describe, expect, it } from '@jest/globals';
import { explainReadiness } from '../../../cmd/output/why-not-ready.ts';
import { condition, untouchedWorkspace, workspaceObject } from '../workspaces.ts';

const NOW = new Date('2026-01-01T00:00:00Z');

describe('explainReadiness', () => {
  it('says what ready means', () => {
    const paused = workspaceObject({
      status: { conditions: [condition('Ready', 'True', 'Paused', 'as wanted')] },
    });

    expect(explainReadiness(paused, NOW)).toBe('Paused: as wanted');
  });

  it('says that no controller has looked', () => {
    expect(explainReadiness(untouchedWorkspace(), NOW)).toBe('no controller has looked at it yet');
  });

  it('does not take the status of an older spec for the truth', () => {
    const edited = workspaceObject({ metadata: { generation: 3 } });

    expect(explainReadiness(edited, NOW)).toBe(
      'the controller has not looked at generation 3 yet (last: 1)',
    );
  });

  it('names the first step that is not done, not the one that follows from it', () => {
    const unready = workspaceObject({
      status: {
        conditions: [
          condition('Ready', 'False', 'Provisioning', 'not yet'),
          condition('Provisioned', 'False', 'ImageNotFound', 'there is no such image'),
          condition('Accepted', 'True', 'Accepted'),
        ],
      },
    });

    expect(explainReadiness(unready, NOW)).toBe('ImageNotFound: there is no such image');
  });

  it.each([
    ['when the next attempt comes', '2026-01-01T00:00:40Z', 'failed 3x, next attempt in 40s'],
    ['only that it failed once the next attempt is here', NOW.toISOString(), 'failed 3x before'],
  ])('says %s', (_title, nextAttemptAt, words) => {
    const failing = workspaceObject({
      status: {
        conditions: [condition('Ready', 'False', 'CrashLoopBackOff', 'exited with code 1')],
        failures: { count: 3, lastReason: 'CrashLoopBackOff', nextAttemptAt },
      },
    });

    expect(explainReadiness(failing, NOW)).toBe(`CrashLoopBackOff: exited with code 1 (${words})`);
  });

  it('says that a stalled one waits for a person', () => {
    const stalled = workspaceObject({
      status: {
        conditions: [
          condition('Accepted', 'False', 'ParentCycle', 'ada and ben are each other’s parent'),
          condition('Stalled', 'True', 'ParentCycle', 'ada and ben are each other’s parent'),
          condition('Ready', 'False', 'ParentCycle'),
        ],
      },
    });

    expect(explainReadiness(stalled, NOW)).toBe(
      'ParentCycle: ada and ben are each other’s parent (nothing moves until somebody changes something)',
    );
  });

  it('says that a deleted one is on its way out', () => {
    const deleted = workspaceObject({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } });

    expect(explainReadiness(deleted, NOW)).toBe(
      'it is being deleted and goes when its instance is seen gone',
    );
  });
});
