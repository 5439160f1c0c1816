import { describe, expect, it } from '@jest/globals';
import type { RolloutMember } from '../../../api/rollout.ts';
import { holdOf, type RolloutAsker } from '../../../controllers/workspace/rollout-standing.ts';
import type { OrgRollout, RolloutFacts } from '../../../store/rollouts.ts';
import { NOW, ago } from './builders.ts';

const ASKER: RolloutAsker = {
  uid: 'uid-asker',
  className: 'local',
  ownerUid: 'org-1',
  maxUnavailable: 2,
};
const MARK = { downSince: ago(60).toISOString(), deadline: ago(-540).toISOString() };
const FAILED = { ...MARK, failure: { at: ago(30).toISOString(), reason: 'CrashLoopBackOff' } };
const PAUSED = { pausedAt: ago(60).toISOString(), pausedBy: 'token:ops' };
const ORG: OrgRollout = { namespace: 'default', name: 'acme', word: {} };

function down(name: string, overrides: Partial<RolloutMember> = {}): RolloutMember {
  return {
    uid: `uid-${name}`,
    namespace: 'default',
    name,
    className: 'local',
    ownerUid: null,
    isReady: false,
    readySince: ago(60),
    isFailing: false,
    mark: MARK,
    acceptedAt: null,
    ...overrides,
  };
}

function hold(facts: Partial<RolloutFacts>, asker: Partial<RolloutAsker> = {}) {
  return holdOf({ classWord: {}, members: [], now: NOW, ...facts }, { ...ASKER, ...asker });
}

const OF_THE_ORG = { ownerUid: 'org-1', className: 'large' };

describe('a workspace may be taken down', () => {
  it.each<readonly [string, Partial<RolloutFacts>]>([
    ['when nobody is down', {}],
    ['when there is a place left', { members: [down('ada')] }],
    ['when it has taken its place before', { members: [down('ada'), down('asker')] }],
    ['although it has failed itself', { members: [down('asker', { mark: FAILED })] }],
    [
      'when those of another class of its org are down, and the org sets no limit',
      { org: ORG, members: [down('ada', OF_THE_ORG), down('bob', OF_THE_ORG)] },
    ],
    [
      'when one of its org in another class has failed',
      { org: ORG, members: [down('ada', { ...OF_THE_ORG, mark: FAILED })] },
    ],
    [
      'when the org has a place left',
      { org: { ...ORG, maxUnavailable: 2 }, members: [down('ada', OF_THE_ORG)] },
    ],
    [
      'when the place of one of its class is none of its org',
      { org: { ...ORG, maxUnavailable: 1 }, members: [down('ada')] },
    ],
    [
      'when the failures of the others are accepted',
      {
        members: [
          down('ada', { mark: FAILED, acceptedAt: NOW }),
          down('bob', { mark: null, isFailing: true, acceptedAt: NOW }),
        ],
      },
    ],
  ])('%s', (_title, facts) => {
    expect(hold(facts)).toBeUndefined();
  });
});

describe('a workspace waits', () => {
  it.each<readonly [string, Partial<RolloutFacts>, string, string]>([
    [
      'while rollouts of its class are paused',
      { classWord: PAUSED },
      'Paused',
      'its change waits: rollouts of class "local" are paused by token:ops',
    ],
    [
      'while rollouts of its org are paused',
      { org: { ...ORG, word: PAUSED } },
      'Paused',
      'its change waits: rollouts of org "default/acme" are paused by token:ops',
    ],
    [
      'while one of its class has failed',
      { members: [down('ada', { mark: FAILED })] },
      'Stopped',
      'its change waits: the rollout of class "local" is stopped, because default/ada did not come back (CrashLoopBackOff)',
    ],
    [
      'while its class has no place left',
      { members: [down('ada'), down('bob')] },
      'Full',
      'its change waits until others of its class are ready again',
    ],
    [
      'while its org has no place left',
      { org: { ...ORG, maxUnavailable: 1 }, members: [down('ada', OF_THE_ORG)] },
      'Full',
      'its change waits until others of its org are ready again',
    ],
    [
      'for the pause rather than for a failure',
      { classWord: PAUSED, members: [down('ada', { mark: FAILED })] },
      'Paused',
      'its change waits: rollouts of class "local" are paused by token:ops',
    ],
  ])('%s', (_title, facts, kind, message) => {
    expect(hold(facts)).toEqual({ kind, message });
  });

  it('for seconds only, when the one that failed is ready again', () => {
    const ada = down('ada', { mark: FAILED, isReady: true, readySince: ago(4) });

    expect(hold({ members: [ada] })).toMatchObject({ kind: 'Stopped', afterSeconds: 6 });
  });

  it('for no org when it is in none', () => {
    const facts = { members: [down('ada', { className: 'large' })] };

    expect(hold(facts, { ownerUid: undefined, maxUnavailable: 1 })).toBeUndefined();
  });
});
