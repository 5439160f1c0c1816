import { describe, expect, it } from '@jest/globals';
import { judgeBackends, judgeGarbage, judgeReadiness, judgeSources } from '../../cmd/doctor/api.ts';
import { checkDataFolder, checkNode, judgeDisk } from '../../cmd/doctor/machine.ts';
import type { Source } from '../../server/contract-operations.ts';

const source = (members: Partial<Source>): Source => ({
  name: 'directory',
  state: 'Active',
  problems: [],
  heldDeletions: [],
  updatedAt: '2026-01-01T00:00:00Z',
  ...members,
});

it.each([
  ['24.0.0', 'ok'],
  ['26.1.0', 'ok'],
  ['20.20.2', 'fail'],
])('finds that Node %s is %s', (version, level) => {
  expect(checkNode(version).level).toBe(level);
});

it.each([
  [5000, 'ok'],
  [1023, 'warn'],
  [99, 'fail'],
])('finds that %d MiB of free space are %s', (free, level) => {
  expect(judgeDisk(free).level).toBe(level);
});

it('finds that a file is no data folder', async () => {
  expect(await checkDataFolder(import.meta.filename)).toMatchObject({ level: 'fail' });
});

describe('of what the controller says', () => {
  it('names every loop that is not well', () => {
    expect(judgeReadiness({ ready: true, problems: [] })).toMatchObject([{ level: 'ok' }]);
    expect(judgeReadiness({ ready: false, problems: ['loop a', 'loop b'] })).toMatchObject([
      { level: 'fail', message: 'loop a' },
      { level: 'fail', message: 'loop b' },
    ]);
  });

  it('warns of problems and of deletions that are held back', () => {
    expect(judgeSources({ items: [source({})] })).toMatchObject([{ level: 'ok' }]);
    expect(
      judgeSources({
        items: [
          source({
            state: 'Held',
            heldDigest: 'abc',
            heldDeletions: ['Workspace default/ada'],
            problems: ['a.yaml:1:1: is odd'],
          }),
        ],
      }),
    ).toMatchObject([
      { level: 'warn', todo: expect.stringContaining('source confirm directory abc') as unknown },
      { level: 'warn', message: 'a.yaml:1:1: is odd' },
    ]);
  });

  it('finds a backend that cannot be reached', () => {
    expect(
      judgeBackends({
        items: [
          { name: 'process', available: true },
          { name: 'docker', available: false, message: 'no daemon' },
        ],
      }),
    ).toMatchObject([{ level: 'ok' }, { level: 'fail', message: 'no daemon' }]);
  });

  it('finds an open breaker and what nobody claims', () => {
    expect(judgeGarbage({ entries: [], breaker: { isOpen: false, liveRecords: 3 } })).toMatchObject(
      [{ level: 'ok' }],
    );
    expect(
      judgeGarbage({
        entries: [
          {
            backend: 'process',
            instanceId: 'a-1',
            workspaceUid: 'a',
            attempt: 1,
            firstSeenAt: '',
            lastSeenAt: '',
            decision: 'unclaimed',
            evidence: {},
          },
        ],
        breaker: { isOpen: true, message: 'too many', liveRecords: 3 },
      }),
    ).toMatchObject([
      { level: 'fail', message: 'too many' },
      { level: 'warn', message: '1 instances are unclaimed' },
    ]);
  });
});
