import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EXIT } from '../../../cmd/exit-codes.ts';
import { CliWorld, inTurn } from '../cli-world.ts';
import { table } from '../table.ts';

let world: CliWorld;

beforeAll(async () => {
  world = await CliWorld.startWithTeam();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

describe('tree', () => {
  it('folds what is collapsed, and unfolds it with --all', async () => {
    const folded = await world.run('tree');
    const unfolded = await world.run('tree --all');

    expect(folded.stdout).toMatch(/^├── ▸ research \(1 folded\) +◌ Pending$/m);
    expect(folded.stdout).toMatch(/^└── writing +✗ Failed +CrashLoopBackOff$/m);
    expect(unfolded.stdout).toMatch(/^│ {3}└── interviews/m);
  });

  it('draws the tree below a name', async () => {
    const { stdout } = await world.run('tree research --all');

    expect(stdout.split('\n').map((line) => line.split(/ {2,}/)[0])).toEqual([
      'research',
      '└── interviews',
      '',
    ]);
  });

  it('says that a name does not exist', async () => {
    expect(await world.run('tree nobody')).toMatchObject({
      code: EXIT.notFound,
      stderr: 'workspace default/nobody does not exist\n',
    });
  });
});

describe('describe', () => {
  it('says in one sentence why a workspace is not ready', async () => {
    const { code, stdout } = await world.run('describe writing');

    expect(code).toBe(EXIT.ok);
    expect(stdout).toMatch(/^Not ready: +CrashLoopBackOff: exited with code 3$/m);
    expect(stdout).toMatch(/^ {2}parentRef:\n {4}name: director$/m);
    expect(stdout).toMatch(/^ {2}Ready +False +CrashLoopBackOff/m);
    expect(stdout).not.toMatch(/ $/m);
  });

  it('does not need to know a kind that has no status', async () => {
    await world.run('apply -f -', { stdin: CLASS });

    const { stdout } = await world.run('describe wspc/local');

    expect(stdout).toMatch(/^Kind: +WorkspaceClass$/m);
    expect(stdout).not.toContain('Conditions');
  });

  it('says that there is no such object', async () => {
    expect((await world.run('describe wspc nothing')).code).toBe(EXIT.notFound);
  });
});

const CLASS = `apiVersion: treeline.dev/v1alpha1
kind: WorkspaceClass
metadata: { name: local }
spec: { backend: process, process: { runtimes: { sample: { command: ["true"] } } } }
`;

describe('events', () => {
  beforeAll(async () => {
    await world.record([
      { ...EVENT, name: 'director', message: 'launched\u001b[31m instance' },
      { ...EVENT, name: 'writing' },
    ]);
  });

  it('shows what was decided, oldest first and harmless to the terminal', async () => {
    const { stdout } = await world.run('events');

    const [header, ...rows] = table(stdout);
    expect(header).toEqual(['AGE', 'WORKSPACE', 'ACTION', 'REASON', 'MESSAGE']);
    // The first four are those of the declarations.
    expect(rows.slice(4)).toEqual([
      ['director', 'Launch', 'Launched', 'launched[31m instance'],
      ['writing', 'Launch', 'Launched', 'launched instance'],
    ]);
  });

  it('shows those of one workspace, for programs too', async () => {
    const { stdout } = await world.run('events writing -o json');

    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'List',
      items: [{ action: 'Created' }, { name: 'writing', action: 'Launch' }],
    });
  });

  it.each(['events nope', 'events nope -o json'])(
    'says of a name that exists nowhere that there is no such workspace: %s',
    async (argv) => {
      expect(await world.run(argv)).toEqual({
        code: EXIT.notFound,
        stdout: '',
        stderr: 'no workspace default/nope exists, and nothing is known of an earlier one\n',
      });
    },
  );

  it('goes on with new ones', async () => {
    const interrupt = new AbortController();

    const { code, stdout } = await world.run('events -f writing', {
      signal: interrupt.signal,
      onOutput: inTurn([
        [/Launch /, () => world.record([{ ...EVENT, name: 'writing', action: 'Stop' }])],
        [
          /Stop/,
          () => {
            interrupt.abort();
          },
        ],
      ]),
    });

    expect(code).toBe(EXIT.interrupted);
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d +writing +Stop/m);
  });
});

const EVENT = {
  namespace: 'default',
  action: 'Launch',
  reason: 'Launched',
  message: 'launched instance',
  data: {},
};

describe('logs', () => {
  it('prints the log as it is, and ends its last line', async () => {
    expect(await world.run('logs writing --tail 7')).toEqual({
      code: EXIT.ok,
      stdout: 'last 7 lines\nof the log\n',
      stderr: '',
    });
  });

  it.each([
    ['logs nobody', EXIT.notFound, 'does not exist'],
    ['logs writing --tail some', EXIT.usage, '--tail must be a whole number (got some)'],
    ['logs wspc/local', EXIT.usage, 'is no workspace'],
  ])('is clear about "%s"', async (argv, code, message) => {
    const result = await world.run(argv);

    expect(result.code).toBe(code);
    expect(result.stderr).toContain(message);
  });
});
