import { describe, expect, it } from '@jest/globals';
import { createLogger, type Logger, type LoggerOptions } from '../../lib/logger.ts';

class Written {
  readonly lines: string[] = [];
  readonly log: Logger;

  constructor(options: Omit<LoggerOptions, 'stream'>) {
    this.log = createLogger({
      ...options,
      stream: { write: (line: string) => this.lines.push(line) },
    });
  }

  get first(): unknown {
    return JSON.parse(this.lines[0] ?? 'null') as unknown;
  }
}

describe('the log for machines', () => {
  it('writes one JSON object a line with level, time, message and the fields', () => {
    const written = new Written({ level: 'info', format: 'json' });

    written.log.info({ action: 'Launch', attempt: 1 }, 'launched instance');

    expect(written.lines).toHaveLength(1);
    expect(written.lines[0]).toMatch(/^\{.*\}\n$/);
    expect(written.first).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      action: 'Launch',
      attempt: 1,
      message: 'launched instance',
    });
  });

  it('leaves out what is below its level', () => {
    const written = new Written({ level: 'warn', format: 'json' });

    written.log.debug({}, 'a');
    written.log.info({}, 'b');
    written.log.warn({}, 'c');
    written.log.error({}, 'd');

    expect(written.lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual([
      'c',
      'd',
    ]);
  });

  it('gives every line of a child the fields of its parents', () => {
    const written = new Written({ level: 'info', format: 'json' });

    written.log
      .child({ controller: 'workspace' })
      .child({ reconcileId: 'r1' })
      .info({ attempt: 2 }, 'm');

    expect(written.first).toMatchObject({
      controller: 'workspace',
      reconcileId: 'r1',
      attempt: 2,
    });
  });

  it('writes an error with name, message, stack, own fields and causes', () => {
    const written = new Written({ level: 'info', format: 'json' });
    const error = Object.assign(new TypeError('launching', { cause: new Error('refused') }), {
      code: 'E1',
    });

    written.log.error({ error }, 'reconcile failed');

    expect(written.first).toMatchObject({
      error: {
        name: 'TypeError',
        message: 'launching',
        code: 'E1',
        stack: expect.stringContaining('logger.test'),
        cause: { name: 'Error', message: 'refused' },
      },
    });
  });

  it('survives values that JSON cannot hold', () => {
    const written = new Written({ level: 'info', format: 'json' });
    const circle: Record<string, unknown> = { name: 'a' };
    circle['self'] = circle;

    written.log.info({ circle, big: 1n, at: new Date(0), none: undefined }, 'm');

    expect(written.first).toMatchObject({
      circle: { name: 'a', self: '[cut off]' },
      big: '1',
      at: '1970-01-01T00:00:00.000Z',
    });
  });
});

describe('secrets in the log', () => {
  it.each([
    'env',
    'ENV',
    'token',
    'agentToken',
    'bot_token',
    'secret',
    'clientSecrets',
    'password',
  ])('redacts the field %s on every level', (name) => {
    const written = new Written({ level: 'info', format: 'json' });

    written.log
      .child({ [name]: 'hunter2' })
      .info({ [name]: { A: 'hunter2' }, deep: [{ [name]: 'hunter2' }] }, 'm');

    expect(written.lines.join()).not.toContain('hunter2');
    expect(written.first).toMatchObject({
      [name]: '[redacted]',
      deep: [{ [name]: '[redacted]' }],
    });
  });

  it('redacts them in errors and their causes too', () => {
    const written = new Written({ level: 'info', format: 'json' });
    const cause = Object.assign(new Error('inner'), { config: { password: 'hunter2' } });

    written.log.error({ error: new Error('outer', { cause }) }, 'm');

    expect(written.lines.join()).not.toContain('hunter2');
  });

  it('redacts the password of a URL inside a text', () => {
    const written = new Written({ level: 'info', format: 'json' });

    written.log.info({ url: 'connecting to postgres://ada:hunter2@db/x failed' }, 'm');

    expect(written.first).toMatchObject({
      url: 'connecting to postgres://ada:[redacted]@db/x failed',
    });
  });

  it.each(['environment', 'tokenHash', 'secretName', 'maxTokensUsed'])(
    'shows the field %s, which holds no secret',
    (name) => {
      const written = new Written({ level: 'info', format: 'json' });

      written.log.info({ [name]: 'shown' }, 'm');

      expect(written.first).toMatchObject({ [name]: 'shown' });
    },
  );
});

describe('the log for people', () => {
  const plain = { level: 'debug', format: 'terminal' } as const;

  it('writes time, action, workspace, attempt, message and the remaining fields', () => {
    const written = new Written(plain);

    written.log.info(
      { action: 'Launch', workspace: 'default/ada', attempt: 1, instanceId: 'i-1', durationMs: 12 },
      'launched instance',
    );

    expect(written.lines[0]).toMatch(
      /^\d\d:\d\d:\d\d Launch {2}default\/ada {2}attempt 1 {2}launched instance {2}instanceId=i-1 {2}durationMs=12\n$/,
    );
  });

  it('leads with the level where there is no action', () => {
    const written = new Written(plain);

    written.log.warn({ source: 'directory' }, 'file is broken');

    expect(written.lines[0]).toMatch(/^\S+ warn {4}file is broken {2}source=directory\n$/);
  });

  it('writes no escape codes without colours', () => {
    const written = new Written({ ...plain, colours: false });

    written.log.error({ action: 'Stop', workspace: 'a/b', x: 1 }, 'm');

    expect(written.lines.join()).not.toContain('\u001b');
  });

  it.each([
    ['error', '\u001b[31m'],
    ['warn', '\u001b[33m'],
    ['info', '\u001b[36m'],
  ] as const)('colours the action of level %s, and dims what remains', (level, colour) => {
    const written = new Written({ ...plain, colours: true });

    written.log[level]({ action: 'Stop', x: 1 }, 'm');

    expect(written.lines[0]).toContain(`${colour}Stop  \u001b[39m`);
    expect(written.lines[0]).toContain('\u001b[2mx=1\u001b[22m');
  });

  it('writes the stack of an error below its line', () => {
    const written = new Written(plain);

    written.log.error({ error: new Error('out of luck') }, 'reconcile failed');

    const [line, ...frames] = (written.lines[0] ?? '').trimEnd().split('\n');
    expect(line).toMatch(/error {3}reconcile failed {2}error=Error: out of luck$/);
    expect(frames[0]).toMatch(/^ {4}at /);
  });

  it('lets no value break the line or steer the terminal', () => {
    const written = new Written(plain);

    written.log.info({ workspace: 'a\nb', title: '\u001b]0;owned\u0007' }, 'm');

    expect(written.lines[0]).toMatch(/^[^\n]*a\\nb[^\n]*\\u001b\]0;owned\\u0007\n$/);
  });
});
