import { describe, expect, it } from '@jest/globals';
import { agentOf, wordOf } from '../../../controllers/workspace/agent.ts';
import type { AgentReport } from '../../../store/workspace-view.ts';
import { report } from './agent.builders.ts';
import { NOW, ago } from './builders.ts';

const WANTED = { registers: true, provisionTimeoutSeconds: 600 };
const INSTANCE = { launchedAt: ago(3600), startedAt: ago(100) };

describe('an agent', () => {
  it('is not expected where its class says so, whatever it says', () => {
    const wanted = { ...WANTED, registers: false };

    expect(agentOf({ wanted, report: report(), instance: INSTANCE, now: NOW })).toEqual({
      kind: 'NotExpected',
    });
  });

  it.each([
    ['its last start', INSTANCE, { sinceSeconds: 100, secondsLeft: 500 }],
    [
      'its launch when the start is not known',
      { launchedAt: ago(700) },
      { sinceSeconds: 700, secondsLeft: -100 },
    ],
  ])('that has not spoken is awaited from %s on', (_title, instance, expected) => {
    expect(agentOf({ wanted: WANTED, report: undefined, instance, now: NOW })).toEqual({
      kind: 'Awaited',
      ...expected,
    });
  });

  it('that is silent is awaited when it was started after its last word', () => {
    const said = report({ heartbeatAt: ago(400) });
    const instance = { ...INSTANCE, startedAt: ago(399) };

    expect(agentOf({ wanted: WANTED, report: said, instance, now: NOW })).toEqual({
      kind: 'Awaited',
      sinceSeconds: 399,
      secondsLeft: 201,
    });
  });

  it.each<readonly [string, Partial<AgentReport>, object]>([
    ['beats', {}, { kind: 'Beating', isDegraded: false }],
    ['beats and is degraded', { isDegraded: true }, { kind: 'Beating', isDegraded: true }],
    ['beats after 120 s of silence', { heartbeatAt: ago(120) }, { kind: 'Beating' }],
    ['beats after 180 s of silence', { heartbeatAt: ago(180) }, { kind: 'Beating' }],
    ['is lost after more', { heartbeatAt: ago(180.001) }, { kind: 'Lost' }],
    ['is lost, degraded or not', { heartbeatAt: ago(999), isDegraded: true }, { kind: 'Lost' }],
  ])('%s', (_title, word, expected) => {
    const said = report(word);
    const instance = { ...INSTANCE, startedAt: ago(3000) };

    expect(agentOf({ wanted: WANTED, report: said, instance, now: NOW })).toMatchObject({
      ...expected,
      report: said,
    });
  });
});

it.each([
  ['none', undefined],
  ['beating', report()],
  ['degraded', report({ isDegraded: true })],
  ['lost', report({ heartbeatAt: ago(181), isDegraded: true })],
])('the resync reads "%s" of it', (word, said) => {
  expect(wordOf(said, NOW, 180)).toBe(word);
});
