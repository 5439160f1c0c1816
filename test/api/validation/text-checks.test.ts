import { describe, expect, it } from '@jest/globals';
import { validateDeclaration } from '../../../api/validate.ts';
import { TEXT_CHECKS } from '../../../api/validation/text-checks.ts';
import { HEADER, problemsOf as problemsInFile } from '../manifests/manifest.ts';

describe('a cron expression', () => {
  it.each([
    '0 9 * * *',
    '0  9 * * *',
    '*/5 9-17 * * 1-5',
    '0 0 1,15 * *',
    '0 9 * JAN mon-FRI',
    '0 0 29 2 *',
    '0 0 31 2 1',
    '0 0 * * 7',
  ])('may be %s', (text) => {
    expect(TEXT_CHECKS.cron(text)).toBeUndefined();
  });

  it.each([
    ['60 9 * * *', 'has no valid minute'],
    ['0 24 * * *', 'has no valid hour'],
    ['0 9 32 * *', 'has no valid day of the month'],
    ['0 9 0 * *', 'has no valid day of the month'],
    ['0 9 * 13 *', 'has no valid month'],
    ['0 9 * * 8', 'has no valid day of the week'],
    ['0 9 * * x', 'has no valid day of the week'],
    ['*/0 9 * * *', 'has no valid minute'],
    ['9-5 9 * * *', 'has no valid minute'],
    ['1,,2 9 * * *', 'has no valid minute'],
    ['60 24 * * *', 'has no valid minute and no valid hour'],
    ['0 0 31 2 *', 'names a time that never comes'],
    ['0 0 31 4,6 *', 'names a time that never comes'],
  ])('is not %s, which %s', (text, problem) => {
    expect(TEXT_CHECKS.cron(text)).toBe(problem);
  });
});

describe('a time zone', () => {
  it.each(['UTC', 'Europe/Vienna', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'US/Pacific'])(
    'may be %s',
    (text) => {
      expect(TEXT_CHECKS.timeZone(text)).toBeUndefined();
    },
  );

  it.each(['', '+02:00', 'Mars/Base', 'local', 'Europe', '../UTC'])('is not %j', (text) => {
    expect(TEXT_CHECKS.timeZone(text)).toBe('must be an IANA time zone such as Europe/Vienna');
  });

  it.each(['europe/vienna', 'Europe/Viena', 'Europe/Vienna\n'])(
    'is not %j, which is spelled differently',
    (text) => {
      expect(TEXT_CHECKS.timeZone(text)).toBe(
        'must be an IANA time zone such as Europe/Vienna, did you mean "Europe/Vienna"?',
      );
    },
  );
});

/** The problems of a workspace with these schedules, as `path: message`. */
function problemsOf(kind: string, spec: unknown): string[] {
  const validated = validateDeclaration({
    apiVersion: 'treeline.dev/v1alpha1',
    kind,
    metadata: { name: 'ada' },
    spec,
  });
  return 'problems' in validated
    ? validated.problems.map(({ path, message }) => `${path}: ${message}`)
    : [];
}

describe('a schedule', () => {
  const good = { name: 'daily', cron: '0 9 * * *', timeZone: 'Europe/Vienna', prompt: 'plan' };
  const bad = { name: 'other', cron: '0 25 * * *', timeZone: 'Mars/Base', prompt: 'plan' };
  const problemsAt = (path: string) => [
    `${path}.cron: has no valid hour (got "0 25 * * *")`,
    `${path}.timeZone: must be an IANA time zone such as Europe/Vienna (got "Mars/Base")`,
  ];

  it.each([
    ['Workspace', { schedules: [good, bad] }, 'spec.schedules[1]'],
    ['WorkspaceTemplate', { schedules: [bad] }, 'spec.schedules[0]'],
    ['Org', { defaults: { schedules: [bad] } }, 'spec.defaults.schedules[0]'],
    [
      'Org',
      { workspaces: [{ key: 'a', name: 'a', schedules: [bad] }] },
      'spec.workspaces[0].schedules[0]',
    ],
  ])('of a %s is refused where it stands', (kind, spec, path) => {
    expect(problemsOf(kind, spec)).toEqual(problemsAt(path));
  });

  it.each([
    '',
    '0 9 * *',
    '@daily',
    '@annually',
    '0 0 9 * * *',
    ' 0 9 * * *',
    '2030-01-01T00:00:00',
  ])('has five fields, unlike "%s"', (cron) => {
    expect(problemsOf('Workspace', { schedules: [{ ...good, cron }] })).toEqual([
      `spec.schedules[0].cron: must be minute, hour, day of the month, month and day of the week (got "${cron}")`,
    ]);
  });

  it('is refused once where it is no text at all', () => {
    expect(problemsOf('Workspace', { schedules: [{ ...good, cron: 5, timeZone: [] }] })).toEqual([
      'spec.schedules[0].cron: must be a string (got 5)',
      'spec.schedules[0].timeZone: must be a string (got a list)',
    ]);
  });

  it('is refused at its line of the file', () => {
    const file = `${HEADER}spec:
  schedules:
    - name: daily
      cron: "61 * * * *"
      prompt: plan
`;

    expect(problemsInFile(file)).toEqual([
      'team.yaml:7:13: spec.schedules[0].cron: has no valid minute (got "61 * * * *")',
    ]);
  });
});
