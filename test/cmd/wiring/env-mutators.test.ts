import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadEnvMutators } from '../../../cmd/wiring/env-mutators.ts';
import { systemClock } from '../../../lib/clock.ts';
import {
  mutateEnv,
  type EnvMutator,
  type MutatorInput,
} from '../../../provisioning/env-mutators.ts';
import { PROGRAM_PATH } from '../../support/controller-process.ts';
import { eventuallyTrue } from '../../support/eventually.ts';

const PLANTED = 'planted-value-7c1f';
const INPUT: MutatorInput = {
  workspace: { uid: 'u1', namespace: 'default', name: 'ada', runtime: 'sample', parentId: 'u0' },
  env: { TOKEN: PLANTED },
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'treeline-mutators-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function load(text: string, name = 'mutators.yaml'): Promise<readonly EnvMutator[]> {
  const file = join(folder, name);
  await writeFile(file, text);
  return loadEnvMutators({ envMutators: file, path: PROGRAM_PATH, clock: systemClock });
}

/** Mutators that run these lines of a shell. */
function shell(script: string, timeout = '10s'): Promise<readonly EnvMutator[]> {
  return load(JSON.stringify([{ name: 'mint', command: ['sh', '-c', script], timeout }]));
}

async function failureOf(script: string, timeout?: string): Promise<string> {
  const mutators = await shell(script, timeout);
  return mutateEnv(mutators, INPUT).then(
    (env) => JSON.stringify(env),
    (error: unknown) => (error as Error).message,
  );
}

describe('a command', () => {
  it('gets the workspace and its env as JSON, and prints what is added', async () => {
    const mutators = await shell(`cat > told.json; echo '{"GITHUB_TOKEN": "minted"}'`);

    const env = await mutateEnv(mutators, INPUT);

    expect(env).toEqual({ TOKEN: PLANTED, GITHUB_TOKEN: 'minted' });
    expect(JSON.parse(await readFile(join(folder, 'told.json'), 'utf8'))).toEqual(INPUT);
  });

  it('inherits PATH and nothing else, and is given no value on its command line', async () => {
    process.env['PLANTED_IN_CONTROLLER'] = PLANTED;
    const script = `env > env.txt; tr '\\0' ' ' < /proc/$$/cmdline > argv.txt; echo {}`;

    await mutateEnv(await shell(script), INPUT);

    const shown = `${await readFile(join(folder, 'env.txt'), 'utf8')}${await readFile(join(folder, 'argv.txt'), 'utf8')}`;
    expect(shown).toContain(`PATH=${PROGRAM_PATH}`);
    expect(shown).not.toContain(PLANTED);
    delete process.env['PLANTED_IN_CONTROLLER'];
  });

  it('may be a program beside the file', async () => {
    await writeFile(join(folder, 'mint.sh'), `#!/bin/sh\necho '{"A":"1"}'\n`);
    await chmod(join(folder, 'mint.sh'), 0o755);

    const env = await mutateEnv(await load('- {name: mint, command: [./mint.sh]}'), INPUT);

    expect(env).toMatchObject({ A: '1' });
  });

  it('need not read what it is told', async () => {
    const big = { ...INPUT, env: { BIG: 'x'.repeat(2_000_000) } };

    expect(await mutateEnv(await shell(`exec <&-; echo '{"A":"1"}'`), big)).toMatchObject({
      A: '1',
    });
  });

  it.each([
    ['its last words', 'echo one >&2; echo "no such app" >&2; exit 3', 'no such app'],
    ['its code, when it says nothing', 'exit 3', 'exited with code 3'],
    ['its signal, when it says nothing', 'kill -9 $$', 'was ended by SIGKILL'],
    ['its last words without the value', 'cat >&2; exit 1', '"env":{"TOKEN":"***"}}'],
    [
      'its last words without what it has just printed',
      `set -x; echo '{"A":"minted-planted-value"}'; exit 1`,
      '+ exit 1',
    ],
    [
      'nothing of a line whose beginning is lost',
      `printf '%s' "$(cat)" >&2; yes ab | tr -d '\\n' | head -c 9000 >&2; exit 4`,
      'exited with code 4',
    ],
  ])('that fails is told by %s', async (_what, script, reason) => {
    const message = await failureOf(script);

    expect(message).toMatch(/^env mutator "mint": /);
    expect(message.endsWith(reason)).toBe(true);
    expect(message).not.toContain('planted');
  });

  it('that shows what it has just made on stderr does not show it to people', async () => {
    const message = await failureOf(
      `echo '{"A":"minted-planted-value"}'; echo "got token=minted-planted-value" >&2; exit 1`,
    );

    expect(message).toBe('env mutator "mint": got token=***');
  });

  it.each([
    ['no JSON', `echo ${PLANTED}`, 'must print a JSON object'],
    ['nothing', 'true', 'must print a JSON object'],
    ['bytes that are no text', `printf '{"A":"\\377"}'`, 'must print a JSON object'],
    ['a list', `echo '["${PLANTED}"]'`, 'must answer an object with a text for each name'],
    ['a bad name', `echo '{"A B":"1"}'`, 'answers a name that no environment has'],
    ['too much', 'head -c 2000000 /dev/zero', 'printed more than 1048576 bytes'],
    ['without an end', 'yes', 'printed more than 1048576 bytes'],
  ])('that prints %s is refused', async (_what, script, reason) => {
    const message = await failureOf(script);

    expect(message).toContain(`env mutator "mint": ${reason}`);
    expect(message).not.toContain('planted');
  });

  it.each([
    ['waits', 'sleep 600'],
    ['does not listen', `trap '' TERM INT HUP; while :; do sleep 1; done`],
    ['has ended and left another one behind', 'sleep 600 & echo $! > left.pid; echo {}'],
  ])('that %s is killed with all it started when its time is over', async (_what, script) => {
    const started = `echo $$ > group.pid; ${script}`;

    expect(await failureOf(started, '1s')).toBe('env mutator "mint": gave no answer within 1 s');

    const group = Number(await readFile(join(folder, 'group.pid'), 'utf8'));
    await eventuallyTrue({ until: 'the group is gone' }, () => !isRunning(group));
  });

  it('is killed when the controller stops', async () => {
    const stop = new AbortController();
    const mutators = await shell('echo $$ > group.pid; sleep 600');
    const running = mutateEnv(mutators, INPUT, stop.signal);
    const pid = () => readFile(join(folder, 'group.pid'), 'utf8').catch(() => '');
    await eventuallyTrue({ until: 'it has started' }, async () => (await pid()) !== '');

    stop.abort(new Error('stopping'));

    await expect(running).rejects.toThrow(/^stopping$/);
    const group = Number(await pid());
    await eventuallyTrue({ until: 'the group is gone' }, () => !isRunning(group));
  });

  it('that does not exist is named', async () => {
    const mutators = await load('- {name: mint, command: [no-such-program, --token]}');

    await expect(mutateEnv(mutators, INPUT)).rejects.toThrow(
      /^env mutator "mint": spawn no-such-program ENOENT$/,
    );
  });
});

describe('a module', () => {
  it.each(['mint.mjs', './mint.js', 'mint.ts'])('is a function, as %s', async (module) => {
    const source =
      'export default ({ workspace, env }) => ({ A: workspace.name + env.TOKEN.length });';
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, module), source);

    const env = await mutateEnv(await load(`[{name: mint, module: ${module}}]`), INPUT);

    expect(env).toEqual({ TOKEN: PLANTED, A: 'ada18' });
  });

  it.each([
    ['throws', `() => { throw new Error('no network'); }`, 'no network'],
    ['shows a value', '({ env }) => Promise.reject(new Error(`bad ${env.TOKEN}`))', 'bad ***'],
    ['never answers', '() => new Promise(() => undefined)', 'gave no answer within 1 s'],
    ['answers nothing', '() => undefined', 'must answer an object with a text for each name'],
  ])('that %s is named', async (_what, body, reason) => {
    await writeFile(join(folder, 'mint.mjs'), `export default ${body};`);

    const mutators = await load('[{name: mint, module: mint.mjs, timeout: 1s}]');

    await expect(mutateEnv(mutators, INPUT)).rejects.toThrow(`env mutator "mint": ${reason}`);
  });

  it('is told when its time is over', async () => {
    await writeFile(
      join(folder, 'mint.mjs'),
      `import { writeFileSync } from 'node:fs';
       export default (_input, signal) => new Promise(() => {
         signal.addEventListener('abort', () => writeFileSync('${folder}/aborted', 'x'));
       });`,
    );

    const mutators = await load('[{name: mint, module: mint.mjs, timeout: 1s}]');

    await expect(mutateEnv(mutators, INPUT)).rejects.toThrow('gave no answer');
    expect(await readFile(join(folder, 'aborted'), 'utf8')).toBe('x');
  });
});

describe('the file of mutators', () => {
  it('is YAML or JSON, and the order counts', async () => {
    const yaml = `
- name: first
  command: [sh, -c, 'echo "{\\"A\\":\\"1\\"}"']
- name: second
  command: [sh, -c, 'echo "{\\"A\\":\\"2\\"}"']
  timeout: 1m30s
`;

    const mutators = await load(yaml);

    expect(mutators.map(({ name }) => name)).toEqual(['first', 'second']);
    expect(await mutateEnv(mutators, INPUT)).toMatchObject({ A: '2' });
    expect(await load('[]', 'mutators.json')).toEqual([]);
  });

  it('may be left out', async () => {
    expect(await loadEnvMutators({ path: PROGRAM_PATH, clock: systemClock })).toEqual([]);
  });

  it.each([
    ['no list', 'name: a', ': must be a list of mutators'],
    ['empty', '', ': must be a list of mutators'],
    ['no YAML', '- name: a\n- {name: planted', ': line 2: '],
    ['a key twice', '- name: a\n  name: planted', ': line 2: Map keys must be unique'],
    [
      'an entry that is a text',
      '- planted',
      ': [0] must have the fields name and command, or module',
    ],
    ['no name', '- command: [sh]', ': [0].name must be letters'],
    ['a bad name', '- {name: "a planted", command: [sh]}', ': [0].name must be letters'],
    ['neither', '- name: a', ': [0] must have either command or module'],
    [
      'both',
      '- {name: a, command: [sh], module: a.ts}',
      ': [0] must have either command or module',
    ],
    ['an unknown field', '- {name: a, command: [sh], env: {}}', ': [0].env is not a field'],
    ['a command as one text', '- {name: a, command: sh planted}', ': [0].command must be a list'],
    ['no program', '- {name: a, command: []}', ': [0].command must be a list'],
    [
      'a number among arguments',
      '- {name: a, command: [sleep, 1]}',
      ': [0].command must be a list',
    ],
    ['another kind of module', '- {name: a, module: a.py}', ': [0].module must be the path'],
    ['a bad time', '- {name: a, command: [sh], timeout: 10}', ': [0].timeout must be a length'],
    [
      'a time too long',
      '- {name: a, command: [sh], timeout: 1h}',
      ': [0].timeout must be a length',
    ],
    ['no time', '- {name: a, command: [sh], timeout: 0s}', ': [0].timeout must be a length'],
    [
      'a name twice',
      '- &a {name: a, command: [sh]}\n- *a',
      ': [1].name is the name of [0] already',
    ],
    ['a missing module', '- {name: a, module: nowhere.mjs}', ': [0].module cannot be loaded: '],
  ])('is refused with %s, by file and field', async (_what, text, problem) => {
    const error = await load(text).catch((thrown: unknown) => thrown as Error);

    expect(error).toMatchObject({ exitCode: 2 });
    expect((error as Error).message).toContain(
      `env mutators ${join(folder, 'mutators.yaml')}${problem}`,
    );
    expect((error as Error).message).not.toContain('planted');
  });

  it('tells all that is wrong at once', async () => {
    const error = await load('- {}\n- {name: a}').catch((thrown: unknown) => thrown as Error);

    expect((error as Error).message.split('\n')).toHaveLength(3);
  });

  it.each([
    ['does not export a function', 'export default 1;', 'its default export must be a function'],
    ['cannot be understood', 'export default (', ''],
  ])('is refused when a module %s', async (_what, source, problem) => {
    await writeFile(join(folder, 'mint.mjs'), source);

    await expect(load('- {name: a, module: mint.mjs}')).rejects.toThrow(
      `[0].module cannot be loaded: ${problem}`,
    );
  });

  it('is refused when it cannot be read', async () => {
    const envMutators = join(folder, 'nowhere.yaml');

    await expect(
      loadEnvMutators({ envMutators, path: PROGRAM_PATH, clock: systemClock }),
    ).rejects.toThrow(`env mutators ${envMutators}: cannot be read: ENOENT`);
  });
});

/** Whether any process of the group is there; one that has ended and waits for its parent counts too. */
function isRunning(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}
