import { describe, expect, it } from '@jest/globals';
import { judgeBackends, judgeGarbage, judgeReadiness, judgeSources } from '../../cmd/doctor/api.ts';
import { judgeClasses } from '../../cmd/doctor/classes.ts';
import { judgePermissions } from '../../cmd/doctor/ec2.ts';
import { judgeLanes } from '../../cmd/doctor/lanes.ts';
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

describe('of the pace of a provider', () => {
  const lane = {
    ...{ bucket: 'RunInstances', tokens: 0, burst: 5 },
    ...{ refillPerSecond: 2, fullRefillPerSecond: 2, waiting: 0, throttled: 0 },
  };

  it.each([
    [lane, 'ok', 'at full pace, nothing waits'],
    [{ ...lane, waiting: 39 }, 'ok', 'at full pace, 39 wait for RunInstances (20 s)'],
    [
      { ...lane, refillPerSecond: 1.1, throttled: 3, waiting: 11 },
      'warn',
      'RunInstances 1.1 of 2 a second after 3 throttles; 11 wait for RunInstances (10 s)',
    ],
  ])('says what is slow and what waits', (one, level, message) => {
    expect(judgeLanes('ec2/us-east-1', [one])).toMatchObject([
      { level, what: 'lanes ec2/us-east-1', message },
    ]);
  });
});

describe('of classes', () => {
  const hold = {
    reason: 'VcpuLimitExceeded' as const,
    message: 'the quota of 64 vCPUs is used up',
    ...{ since: '2026-01-01T00:00:00Z', until: '2026-01-01T00:01:00Z', lastProbeAt: '', count: 1 },
    generation: 2,
  };
  const metadata = {
    ...{ name: 'cloud', uid: '', generation: 2, applySet: 'cli' },
    creationTimestamp: '2026-01-01T00:00:00Z',
  };

  it('names those on hold, with what the provider says', () => {
    expect(judgeClasses([{ metadata, status: { hold } }])).toMatchObject([
      {
        level: 'warn',
        what: 'class cloud',
        message: expect.stringContaining('VcpuLimitExceeded: the quota of 64') as unknown,
      },
    ]);
  });

  it.each([[{}], [{ hold: { ...hold, generation: 1 } }]])(
    'says nothing of those that are on none any more',
    (status) => {
      expect(judgeClasses([{ metadata, status }])).toEqual([]);
    },
  );
});

describe('of the permissions in a region', () => {
  const now = new Date('2026-01-01T00:10:00Z');
  const allowed = { result: 'allowed', message: '', answeredAt: now } as const;
  const untried = [
    { what: 'StopInstances', why: 'there is no instance of ours' },
    { what: 'GetConsoleOutput', why: 'there is no instance of ours' },
  ];
  const judge = (report: Partial<Parameters<typeof judgePermissions>[1]>) =>
    judgePermissions('us-east-1', { contact: allowed, tried: [], untried: [], ...report }, now);

  it('says how many are granted, and which could not be tried', () => {
    const tried = [{ what: 'DescribeImages', trial: allowed }];

    expect(judge({ tried, untried })).toEqual([
      { level: 'ok', what: 'ec2 us-east-1', message: '1 calls tried, all are allowed' },
      {
        level: 'ok',
        what: 'ec2 us-east-1',
        message: 'not tried, since there is no instance of ours: StopInstances, GetConsoleOutput',
      },
    ]);
  });

  it.each([
    ['denied', 'fail', 'StopInstances is not allowed: no'],
    ['refused', 'warn', 'StopInstances: no'],
  ] as const)('names a call that is %s', (result, level, message) => {
    const trial = { ...allowed, result, message: 'no' };

    expect(judge({ tried: [{ what: 'StopInstances', trial }] })).toMatchObject([
      { level, message },
    ]);
  });

  it.each([
    ['no-credentials', 'no credentials were found'],
    ['bad-credentials', 'said so'],
    ['unreachable', 'said so'],
  ] as const)('says nothing else when there is no way in: %s', (result, message) => {
    const contact = { result, message: 'said so', answeredAt: undefined };

    expect(judge({ contact, untried })).toMatchObject([{ level: 'fail', message }]);
  });

  it.each([
    ['2026-01-01T00:09:56Z', []],
    ['2026-01-01T00:09:54Z', [['warn', 'the clock of this machine is 6 s ahead']]],
    ['2026-01-01T00:11:00Z', [['warn', 'the clock of this machine is 60 s behind']]],
    ['2026-01-01T00:15:01Z', [['fail', 'the clock of this machine is 301 s behind']]],
  ])('compares the clocks: %s', (answeredAt, expected) => {
    const contact = { ...allowed, answeredAt: new Date(answeredAt) };

    const findings = judge({ contact }).filter(({ message }) => message.includes('clock'));

    expect(findings.map(({ level, message }) => [level, message])).toEqual(expected);
  });
});
