import { describe, expect, it } from '@jest/globals';
import type { Acceptance } from '../../../controllers/workspace/accept.ts';
import { healthOf, progressOf, type Health } from '../../../controllers/workspace/disruption.ts';
import type { Look } from '../../../controllers/workspace/look.ts';
import { plan } from '../../../controllers/workspace/plan.ts';
import type { WorkspaceView } from '../../../store/workspace-view.ts';
import { claim, registering, report } from './agent.builders.ts';
import {
  ACCEPTED,
  PAUSED,
  REFUSED,
  WANTED,
  ago,
  known,
  planInput,
  record,
  seen,
  unknown,
  view,
} from './builders.ts';

interface Found {
  readonly viewOf?: Partial<WorkspaceView>;
  readonly acceptance?: Acceptance;
  readonly observation?: Look['observation'];
  readonly isAnswering?: boolean;
}

/** What a pass finds of a workspace that runs as it is wanted, unless `found` says otherwise. */
function look(found: Found = {}): Look {
  const { viewOf, acceptance = ACCEPTED, observation = known(seen()), isAnswering = true } = found;
  const one = view(viewOf);
  const { record: self, launches, now, report: word } = one;
  const input = planInput({
    ...{ record: self, launches, now, acceptance, observation, isAnswering },
    ...(word !== undefined && { report: word }),
  });
  return { view: one, acceptance, observation, input, action: plan(input) };
}

const FAILURES = { count: 1, lastReason: '', lastMessage: '', lastAt: '', generation: 1 };
const NEW_ENV: Acceptance = { ...ACCEPTED, wanted: { ...WANTED, configHash: 'config-2' } };

describe('the health of a workspace that is to be taken down', () => {
  it.each<readonly [string, Found, Health]>([
    ['one that runs and answers', {}, 'well'],
    [
      'one that has failed just now',
      { viewOf: { record: record({ failures: FAILURES }) } },
      'unwell',
    ],
    ['one that does not answer', { isAnswering: false }, 'down'],
    ['one that is stopped', { observation: known(seen({ state: 'stopped' })) }, 'down'],
    ['one without an instance', { observation: known() }, 'down'],
    ['an agent that beats', { acceptance: registering(), viewOf: { report: report() } }, 'well'],
    [
      'an agent that beats and listens nowhere',
      { acceptance: registering(), viewOf: { report: report() }, isAnswering: false },
      'well',
    ],
    [
      'an agent that beats before its instance is seen running',
      {
        acceptance: registering(),
        viewOf: { report: report() },
        observation: known(seen({ state: 'pending' })),
      },
      'well',
    ],
    ['one whose instance is pending', { observation: known(seen({ state: 'pending' })) }, 'down'],
    ['an agent that has not registered', { acceptance: registering() }, 'down'],
    [
      'an agent that is silent, and may be busy',
      { acceptance: registering(), viewOf: { report: report({ heartbeatAt: ago(181) }) } },
      'unwell',
    ],
    [
      'an agent that is silent and does not answer',
      {
        acceptance: registering(),
        viewOf: { report: report({ heartbeatAt: ago(181) }) },
        isAnswering: false,
      },
      'down',
    ],
  ])('of %s', (_title, found, health) => {
    expect(healthOf(look(found))).toBe(health);
  });
});

describe('the progress of a workspace', () => {
  it.each<readonly [string, Found, readonly [boolean, boolean]]>([
    ['as it should be', {}, [false, true]],
    ['whose env has changed', { acceptance: NEW_ENV }, [true, true]],
    [
      'whose env has changed and that is stopped',
      { acceptance: NEW_ENV, observation: known(seen({ state: 'stopped' })) },
      [false, true],
    ],
    ['that is paused', { acceptance: PAUSED }, [false, false]],
    ['that is not accepted', { acceptance: REFUSED }, [false, false]],
    [
      'that hibernates',
      { acceptance: NEW_ENV, viewOf: { record: record({ hibernation: claim() }) } },
      [false, false],
    ],
    ['whose backend is away', { acceptance: NEW_ENV, observation: unknown() }, [false, false]],
    [
      'whose backend was called just now',
      {
        acceptance: NEW_ENV,
        observation: { ...unknown(), isAwaitingList: true } as Look['observation'],
      },
      [false, true],
    ],
  ])('%s', (_title, found, [isDue, canComeBack]) => {
    expect(progressOf(look(found), false)).toMatchObject({ isDue, canComeBack });
  });

  it('is none where nothing may be done', () => {
    expect(progressOf(look({ acceptance: NEW_ENV }), true)).toMatchObject({
      isDue: false,
      canComeBack: false,
    });
  });

  it('says which budgets it counts in', () => {
    const wanted = {
      ...WANTED,
      classSpec: { ...WANTED.classSpec, rollout: { maxUnavailable: 3 } },
    };
    const found = {
      acceptance: { ...ACCEPTED, wanted },
      viewOf: { record: record({ ownerUid: 'org-1' }) },
    } as const;

    expect(progressOf(look(), false)).toMatchObject({ className: 'local', maxUnavailable: 1 });
    expect(progressOf(look(found), false)).toMatchObject({ ownerUid: 'org-1', maxUnavailable: 3 });
  });
});
