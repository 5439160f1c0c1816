import { execFile } from 'node:child_process';
import { chmod, rename } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { FolderHarness } from './folder-harness.ts';
import { workspaceYaml } from './temporary-folder.ts';

const TEN = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
const BROKEN = 'kind: [';

/** One file for each name. */
function filesOf(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`${name}.yaml`, workspaceYaml(name)]));
}

async function git(harness: FolderHarness, ...words: readonly string[]): Promise<void> {
  const author = ['-c', 'user.name=t', '-c', 'user.email=t@localhost', '-c', 'core.hooksPath='];
  await promisify(execFile)('git', ['-C', harness.folder.path, ...author, ...words]);
}

describe('removing what the folder does not declare any more', () => {
  it('takes two complete looks at least five seconds apart', async () => {
    await using harness = await FolderHarness.start(filesOf(['a', 'b', 'c']));
    await harness.folder.remove('c.yaml');

    await harness.pass(30);
    expect(harness.store.names).toEqual(['a', 'b', 'c']);

    await harness.pass(4);
    expect(harness.store.names).toEqual(['a', 'b', 'c']);

    await harness.pass(2);
    expect(harness.store.names).toEqual(['a', 'b']);
  });

  it('removes a document that was taken out of a file', async () => {
    await using harness = await FolderHarness.start({ 'team.yaml': workspaceYaml('a', 'b') });
    await harness.folder.write('team.yaml', workspaceYaml('a'));

    await harness.pass(36);

    expect(harness.store.names).toEqual(['a']);
  });

  it('leaves an object alone that comes back between two looks', async () => {
    await using harness = await FolderHarness.start(filesOf(['a', 'b']));
    await harness.folder.remove('b.yaml');
    await harness.pass(31);
    await harness.folder.write('b.yaml', workspaceYaml('b'));

    await harness.pass(90);

    expect(harness.store.removed).toEqual([]);
  });

  it('leaves an object alone that moved to another file', async () => {
    await using harness = await FolderHarness.start(filesOf(['a', 'b']));
    await rename(harness.folder.at('b.yaml'), harness.folder.at('z.yaml'));

    await harness.pass(90);

    expect(harness.store).toMatchObject({ names: ['a', 'b'], removed: [] });
    expect(harness.store.state.problems).toEqual([]);
  });

  it.each([
    { what: 'another file does not parse', path: 'a.yaml', content: BROKEN },
    { what: 'a Git operation is under way', path: '.git/index.lock', content: '' },
    { what: 'a nested checkout is being changed', path: 'sub/.git/index.lock', content: '' },
  ])('waits while $what, says so, and goes on afterwards', async ({ path, content }) => {
    await using harness = await FolderHarness.start(filesOf(['a', 'b', 'c']));
    await harness.folder.write(path, content);
    await harness.folder.remove('c.yaml');

    await harness.pass(120);
    expect(harness.store.names).toEqual(['a', 'b', 'c']);
    expect(harness.store.state.problems).toContainEqual(expect.stringMatching('1 removals wait: '));

    await harness.folder.remove(path);
    await harness.folder.write('a.yaml', workspaceYaml('a'));
    await harness.pass(45);
    expect(harness.store.names).toEqual(['a', 'b']);
    expect(harness.store.state.problems).toEqual([]);
  });

  it('removes nothing of a file that does not parse, also after a restart', async () => {
    await using harness = await FolderHarness.start(filesOf(['a', 'b']));
    await harness.folder.write('b.yaml', BROKEN);
    await harness.restart();

    await harness.pass(120);

    expect(harness.store.names).toEqual(['a', 'b']);
    expect(harness.store.state.problems).toContainEqual(expect.stringMatching(/^b\.yaml:1:\d+: /));
  });

  it('removes after a restart what vanished while nobody looked', async () => {
    await using harness = await FolderHarness.start(filesOf(['a', 'b', 'c']));
    await harness.end();
    await harness.folder.remove('c.yaml');

    await harness.begin();
    await harness.pass(6);

    expect(harness.store.names).toEqual(['a', 'b']);
  });

  it('forgets the first look when the store was away at the second, but not the removal', async () => {
    await using harness = await FolderHarness.start(filesOf(['a', 'b', 'c']));
    await harness.folder.remove('c.yaml');
    await harness.pass(31);
    harness.store.outage = new Error('no connection');
    await harness.pass(60);
    expect(harness.store.names).toEqual(['a', 'b', 'c']);

    harness.store.outage = undefined;
    await harness.pass(31);

    expect(harness.store.names).toEqual(['a', 'b']);
  });

  it('deletes nothing while git switches branches to and fro', async () => {
    await using harness = await FolderHarness.start(filesOf(['a', 'b', 'c']));
    await git(harness, 'init', '-q', '-b', 'main');
    await git(harness, 'add', '.');
    await git(harness, 'commit', '-q', '-m', 'all');
    await git(harness, 'checkout', '-q', '-b', 'other');
    await git(harness, 'rm', '-q', 'b.yaml', 'c.yaml');
    await git(harness, 'commit', '-q', '-m', 'less');
    await harness.pass(31);
    await git(harness, 'checkout', '-q', 'main');

    await harness.pass(90);

    expect(harness.store).toMatchObject({ names: ['a', 'b', 'c'], removed: [] });
  });
});

describe('a source that is held', () => {
  it('removes nothing when more than half of at least five vanish, and says what to do', async () => {
    await using harness = await FolderHarness.start(filesOf(TEN));
    await Promise.all(TEN.slice(4).map((name) => harness.folder.remove(`${name}.yaml`)));

    await harness.pass(300);

    expect(harness.store.names).toEqual(TEN);
    expect(harness.store.state).toMatchObject({
      state: 'Held',
      heldDigest: expect.stringMatching(/^[0-9a-f]{12}$/),
      heldDeletions: TEN.slice(4).map((name) => `Workspace default/${name}`),
    });
    const held = harness.log.filter(({ message }) => message === 'held deletions');
    expect(held).toHaveLength(1);
    expect(held[0]?.fields).toMatchObject({
      confirm: `treeline source confirm directory ${harness.store.state.heldDigest ?? ''}`,
    });
  });

  it('holds when nothing remains, however little there was', async () => {
    await using harness = await FolderHarness.start(filesOf(['a']));
    await harness.folder.remove('a.yaml');

    await harness.pass(60);

    expect(harness.store).toMatchObject({ names: ['a'], state: { state: 'Held' } });
  });

  it('is active again when the files are back, and stays held until the last of them is', async () => {
    await using harness = await FolderHarness.start(filesOf(TEN));
    await Promise.all(TEN.slice(1).map((name) => harness.folder.remove(`${name}.yaml`)));
    await harness.pass(60);
    const [last = '', ...others] = TEN.slice(1);

    for (const name of others) {
      await harness.folder.write(`${name}.yaml`, workspaceYaml(name));
    }
    await harness.pass(60);
    expect(harness.store).toMatchObject({ names: TEN, state: { state: 'Held' } });

    await harness.folder.write(`${last}.yaml`, workspaceYaml(last));
    await harness.pass(10);
    expect(harness.store).toMatchObject({
      names: TEN,
      removed: [],
      state: { state: 'Active', heldDigest: null, heldDeletions: [] },
    });
  });

  it('still adds and edits', async () => {
    await using harness = await FolderHarness.start(filesOf(['a']));
    await harness.folder.remove('a.yaml');
    await harness.pass(60);

    await harness.folder.write('new.yaml', workspaceYaml('new'));
    await harness.pass(10);

    expect(harness.store).toMatchObject({ names: ['a', 'new'], state: { state: 'Held' } });
  });

  it('removes what a person confirmed, once', async () => {
    await using harness = await FolderHarness.start(filesOf(TEN));
    await Promise.all(TEN.slice(1).map((name) => harness.folder.remove(`${name}.yaml`)));
    await harness.pass(60);

    harness.store.confirmedDigest = harness.store.state.heldDigest ?? '';
    await harness.pass(6);
    expect(harness.store).toMatchObject({ names: ['a'], state: { state: 'Active' } });

    for (const name of TEN) {
      await harness.folder.write(`${name}.yaml`, workspaceYaml(name));
    }
    await harness.pass(31);
    await Promise.all(TEN.slice(1).map((name) => harness.folder.remove(`${name}.yaml`)));
    await harness.pass(120);
    expect(harness.store).toMatchObject({ names: TEN, state: { state: 'Held' } });
  });

  it('removes nothing when the list is not the one that was confirmed', async () => {
    await using harness = await FolderHarness.start(filesOf(TEN));
    await Promise.all(TEN.slice(2).map((name) => harness.folder.remove(`${name}.yaml`)));
    await harness.pass(60);
    const digest = harness.store.state.heldDigest ?? '';

    await harness.folder.remove('b.yaml');
    harness.store.confirmedDigest = digest;
    await harness.pass(60);

    expect(harness.store).toMatchObject({ names: TEN, state: { state: 'Held' } });
    expect(harness.store.state.heldDigest).not.toBe(digest);
  });

  it('stays held over a restart, also when fewer than half are still missing', async () => {
    await using harness = await FolderHarness.start(filesOf(TEN));
    await Promise.all(TEN.slice(1).map((name) => harness.folder.remove(`${name}.yaml`)));
    await harness.pass(60);
    await harness.end();
    for (const name of TEN.slice(2)) {
      await harness.folder.write(`${name}.yaml`, workspaceYaml(name));
    }

    await harness.begin();
    await harness.pass(120);

    expect(harness.store).toMatchObject({
      names: TEN,
      state: { state: 'Held', heldDeletions: ['Workspace default/b'] },
    });
  });
});

describe('a folder that disappears', () => {
  it('is held, deletes nothing, and goes on when it is back', async () => {
    await using harness = await FolderHarness.start(filesOf(['a', 'b']));
    await rename(harness.folder.path, harness.folder.beside('away'));

    await harness.pass(120);
    expect(harness.store).toMatchObject({
      names: ['a', 'b'],
      state: {
        state: 'Held',
        problems: [expect.stringMatching(/^the folder \/.+ cannot be read: ENOENT$/)],
        heldDigest: null,
      },
    });

    await rename(harness.folder.beside('away'), harness.folder.path);
    await harness.folder.write('c.yaml', workspaceYaml('c'));
    await harness.pass(31);
    expect(harness.store).toMatchObject({
      names: ['a', 'b', 'c'],
      state: { state: 'Active', problems: [] },
    });
  });

  it('deletes nothing when it is not there at the start', async () => {
    await using harness = await FolderHarness.start(filesOf(['a', 'b']));
    await harness.end();
    await rename(harness.folder.path, harness.folder.beside('away'));

    await harness.begin();
    await harness.pass(120);

    expect(harness.store).toMatchObject({ names: ['a', 'b'], state: { state: 'Held' } });
  });

  it('deletes nothing when a folder in it is replaced by a link that leaves it', async () => {
    await using harness = await FolderHarness.start({ 'sub/a.yaml': workspaceYaml('a') });
    await harness.folder.write('b.yaml', workspaceYaml('b'));
    await rename(harness.folder.at('sub'), harness.folder.beside('sub'));
    await promisify(execFile)('ln', ['-s', harness.folder.beside('sub'), harness.folder.at('sub')]);
    await chmod(harness.folder.beside('sub'), 0o755);

    await harness.pass(120);

    expect(harness.store).toMatchObject({ names: ['a', 'b'], removed: [] });
    expect(harness.store.state.problems).toEqual(['sub: link leaves the folder, refused']);
  });
});
