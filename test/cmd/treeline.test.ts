import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const ENTRY = join(import.meta.dirname, '../../cmd/treeline.ts');

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'treeline-entry-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

function start(
  argv: readonly string[],
  env: Record<string, string> = {},
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [ENTRY, ...argv], {
    cwd: folder,
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', TREELINE_DATA_DIR: folder, ...env },
  });
}

async function finish(child: ChildProcessWithoutNullStreams): Promise<object> {
  const exited = new Promise((resolve) =>
    child.once('exit', (code, signal) => {
      resolve(signal ?? code);
    }),
  );
  const [code, stdout, stderr] = await Promise.all([
    exited,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, stdout, stderr };
}

describe('the entry', () => {
  it('says its version', async () => {
    expect(await finish(start(['version', '--client']))).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^treeline \d+\.\d+\.\d+\n$/) as unknown,
      stderr: '',
    });
  });

  it('says its version in the usual way, too', async () => {
    expect(await finish(start(['--version']))).toEqual(
      await finish(start(['version', '--client'])),
    );
  });

  it('ends with code 2 after a mistake, and helps', async () => {
    expect(await finish(start(['gett', 'workspaces']))).toEqual({
      code: 2,
      stdout: '',
      stderr: "unknown command 'gett'\n(Did you mean get?)\n",
    });
  });

  it('explains no verb that does not exist', async () => {
    expect(await finish(start(['help', 'lgos']))).toEqual({
      code: 2,
      stdout: '',
      stderr: "unknown command 'lgos'\n(Did you mean logs?)\n",
    });
  });

  it('ends with code 5 when no controller answers', async () => {
    expect(await finish(start(['tree'], { TREELINE_SERVER: 'http://127.0.0.1:1' }))).toMatchObject({
      code: 5,
      stdout: '',
    });
  });

  it('shows every verb and the exit codes', async () => {
    const help = await finish(start(['--help']));

    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help).toMatchObject({
      stdout: expect.stringMatching(/get .*\n[^]*Exit codes:\n/) as unknown,
    });
    expect(await finish(start([]))).toEqual(help);
  });

  it('explains a verb in two ways', async () => {
    const help = await finish(start(['help', 'delete']));

    expect(help).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('--descendants-only') as unknown,
    });
    expect(await finish(start(['delete', '--help']))).toEqual(help);
  });

  it('is silent when its reader has had enough', async () => {
    const child = start(['--help']);
    child.stdout.destroy();
    const exited = new Promise((resolve) => child.once('exit', resolve));

    expect([await exited, await text(child.stderr)]).toEqual([0, '']);
  });

  it('ends with code 130 after Ctrl-C', async () => {
    const asked = Promise.withResolvers<true>();
    const server = createServer(() => {
      asked.resolve(true);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;

    const child = start(['wait', '--all'], { TREELINE_SERVER: `http://127.0.0.1:${port}` });
    const finished = finish(child);
    await asked.promise;
    child.kill('SIGINT');

    expect(await finished).toEqual({ code: 130, stdout: '', stderr: '' });
    server.closeAllConnections();
    server.close();
  });
});

describe('completion', () => {
  /** What bash would offer for this line. */
  const complete = async (...words: string[]): Promise<string> => {
    const script = (await finish(start(['completion', 'bash']))) as { stdout: string };
    const bash = spawn('bash', ['--norc', '-s']);
    bash.stdin.end(
      `${script.stdout}\nCOMP_WORDS=(treeline ${words.map((word) => `'${word}'`).join(' ')})\n` +
        `COMP_CWORD=${words.length}\n_treeline\necho "\${COMPREPLY[*]}"\n`,
    );
    return (await text(bash.stdout)).trim();
  };

  it.each([
    [['des'], 'describe'],
    [['get', 'workspacec'], 'workspaceclasses'],
    [['get', '--sel'], '--selector'],
    [['-n', 'get', 'gc', 'app'], 'approve'],
    [['gc', 'approve', '--br'], '--breaker'],
    [['delete', '--desc'], '--descendants-only'],
    [['hib'], 'hibernate'],
    [['hibernate', '--for'], '--force'],
    [['wake', '--wa'], '--wait'],
    [['restart', '--res'], '--reset-session'],
    [['rollout', 'sta'], 'status'],
    [['rollout', 'resume', '--cl'], '--class'],
    [['completion', 'z'], 'zsh'],
  ])('of bash knows %j', async (words, offered) => {
    expect(await complete(...words)).toBe(offered);
  });
});
