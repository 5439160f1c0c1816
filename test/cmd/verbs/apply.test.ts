import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EXIT } from '../../../cmd/exit-codes.ts';
import { CliWorld, manifest } from '../cli-world.ts';

let world: CliWorld;

beforeAll(async () => {
  world = await CliWorld.start();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await world.db.deleteFrom('workspaces').execute();
});

describe('apply', () => {
  it('declares what a file says, and nothing the second time', async () => {
    await world.write('a.yaml', `${manifest('ada')}---\n${manifest('ben')}`);

    const first = await world.run('apply -f a.yaml');
    const second = await world.run('apply -f a.yaml');

    expect(first).toEqual({
      code: EXIT.ok,
      stdout: 'workspace/ada created\nworkspace/ben created\n',
      stderr: '',
    });
    expect(second.stdout).toBe('workspace/ada unchanged\nworkspace/ben unchanged\n');
  });

  it('reads folders and stdin', async () => {
    await world.write('tree/one.yaml', manifest('one'));
    await world.write('tree/below/two.yml', manifest('two'));
    await world.write('tree/notes.txt', 'not a manifest');

    const result = await world.run('apply -f tree -f -', { stdin: manifest('three') });

    expect(result.code).toBe(EXIT.ok);
    expect(await world.namesLeft()).toEqual(['one', 'three', 'two']);
  });

  it('sends nothing when any file is wrong, and lists everything that is', async () => {
    await world.write('bad/one.yaml', manifest('one', '{ tier: 7 }'));
    await world.write('bad/two.yaml', manifest('two', '{ colour: red }'));
    await world.write('bad/good.yaml', manifest('good'));

    const result = await world.run('apply -f bad -f missing.yaml');

    expect(result.code).toBe(EXIT.usage);
    expect(result.stderr).toContain('bad/one.yaml:4:15: spec.tier: must be <= 4 (got 7)');
    expect(result.stderr).toContain('bad/two.yaml:4:9: spec.colour:');
    expect(result.stderr).toContain('missing.yaml: no such file or folder');
    expect(await world.namesLeft()).toEqual([]);
  });

  it('refuses one name in two places', async () => {
    await world.write('x.yaml', manifest('ada'));
    await world.write('y.yaml', manifest('ada'));

    const result = await world.run('apply -f x.yaml -f y.yaml');

    expect(result.code).toBe(EXIT.usage);
    expect(result.stderr).toContain('Workspace default/ada is already declared at x.yaml:1');
  });

  it('sends the folders that a manifest names along', async () => {
    await world.write('team/ada.yaml', manifest('ada', '{ files: [{ directory: prompts }] }'));
    await world.write('team/prompts/system.md', 'be kind');

    const result = await world.run('apply -f team/ada.yaml');

    expect(result.stderr).toBe('');
    const { directories } = await world.db
      .selectFrom('workspaces')
      .select('directories')
      .executeTakeFirstOrThrow();
    expect(directories).toEqual({ prompts: { 'system.md': 'be kind' } });
  });

  it.each([
    ['with ..', '../outside'],
    ['with a link', 'link'],
    ['with an absolute path', '/etc'],
  ])('refuses a folder that leaves the folder of the manifest %s', async (_title, directory) => {
    await world.write('outside/secret.txt', 'secret');
    await world.write(
      'inside/ada.yaml',
      manifest('ada', `{ files: [{ directory: ${directory} }] }`),
    );
    await symlink('../outside', join(world.folder, 'inside', 'link')).catch(() => undefined);

    const result = await world.run('apply -f inside/ada.yaml');

    expect(result.code).toBe(EXIT.usage);
    expect(result.stderr).toMatch(/spec\.files\[\d?\]\.directory: /);
    expect(await world.namesLeft()).toEqual([]);
  });

  it('says what would happen and changes nothing with --dry-run', async () => {
    await world.write('a.yaml', manifest('ada'));

    const result = await world.run('apply -f a.yaml --dry-run');

    expect(result.stdout).toBe('workspace/ada created (dry run)\n');
    expect(await world.namesLeft()).toEqual([]);
  });

  it('deletes what the set declared before only with --prune', async () => {
    await world.write('a.yaml', `${manifest('ada')}---\n${manifest('ben')}`);
    await world.run('apply -f a.yaml');
    await world.write('a.yaml', manifest('ada'));

    await world.run('apply -f a.yaml');
    expect(await world.namesLeft()).toEqual(['ada', 'ben']);

    const pruned = await world.run('apply -f a.yaml --prune');
    expect(pruned.stdout).toBe('workspace/ada unchanged\nworkspace/ben deleted\n');
    expect(await world.namesLeft()).toEqual(['ada']);
  });

  it('refuses what another set owns, and says so', async () => {
    await world.write('a.yaml', manifest('ada'));
    await world.run('apply -f a.yaml --apply-set other');

    const result = await world.run('apply -f a.yaml');

    expect(result.code).toBe(EXIT.refused);
    expect(result.stderr).toMatch(/^workspace\/ada refused: NameConflict: .*other/);
  });

  it('prints the answer for programs', async () => {
    await world.write('a.yaml', manifest('ada'));

    const result = await world.run('apply -f a.yaml -o json');

    expect(JSON.parse(result.stdout)).toMatchObject({
      applySet: 'cli',
      results: [{ kind: 'Workspace', name: 'ada', action: 'created' }],
    });
  });

  it.each([
    ['apply', 'name a file, a folder or - with -f'],
    ['apply a.yaml empty', 'files are named with -f: -f a.yaml -f empty'],
    ['diff a.yaml', 'files are named with -f: -f a.yaml'],
    ['apply -f -', 'nothing is declared in -'],
    ['apply -f empty', 'nothing is declared in empty'],
    ['apply -f a.yaml -n other', 'a.yaml:1: metadata.namespace: is default, but -n says other'],
    ['apply -f a.yaml -o table', '--output must be one of text, json, yaml (got table)'],
  ])('is careful with "%s"', async (argv, message) => {
    await world.write('a.yaml', manifest('ada'));
    await world.write('empty/notes.txt', '');

    const result = await world.run(argv);

    expect(result.code).toBe(EXIT.usage);
    expect(result.stderr).toContain(message);
  });
});

describe('diff', () => {
  it('shows what would change, with code 1', async () => {
    await world.write('a.yaml', `${manifest('ada', '{ tier: 1 }')}---\n${manifest('same')}`);
    await world.run('apply -f a.yaml');
    await world.write(
      'a.yaml',
      `${manifest('ada', '{ tier: 2 }')}---\n${manifest('same')}---\n${manifest('new')}`,
    );

    const result = await world.run('diff -f a.yaml');

    expect(result.code).toBe(1);
    expect(result.stdout).toContain('--- is/workspace/default/ada');
    expect(result.stdout).toContain('-  tier: 1\n+  tier: 2');
    expect(result.stdout).toContain('--- /dev/null\n+++ would-be/workspace/default/new');
    expect(result.stdout).not.toContain('same');
    expect(result.stdout).not.toMatch(/ $/m);
    expect(await world.namesLeft()).toEqual(['ada', 'same']);
  });

  it('says nothing, with code 0, when there is no difference', async () => {
    await world.write('a.yaml', manifest('ada'));
    await world.run('apply -f a.yaml');

    expect(await world.run('diff -f a.yaml')).toEqual({ code: EXIT.ok, stdout: '', stderr: '' });
  });

  it('does not take a mistake for a difference', async () => {
    const result = await world.run('diff -f missing.yaml');

    expect(result.code).toBe(EXIT.usage);
  });
});
