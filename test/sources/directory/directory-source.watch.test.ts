import { execFile } from 'node:child_process';
import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../lib/clock.ts';
import { DirectorySource } from '../../../sources/directory/directory-source.ts';
import type { DirectorySourceOptions } from '../../../sources/directory/options.ts';
import { MemoryStore } from './memory-store.ts';
import { sourceOptions } from './source-options.ts';
import { TemporaryFolder, workspaceYaml } from './temporary-folder.ts';
import { until } from './until.ts';

type Options = Partial<DirectorySourceOptions>;

/** A source in real time that looks at everything only once an hour: what happens follows from watches. */
class WatchedFolder implements AsyncDisposable {
  readonly folder: TemporaryFolder;
  readonly store = new MemoryStore();
  readonly warnings: object[] = [];
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  private constructor(folder: TemporaryFolder) {
    this.folder = folder;
  }

  static async start(
    files: Readonly<Record<string, string>>,
    options: Options | ((folder: TemporaryFolder) => Options) = {},
  ): Promise<WatchedFolder> {
    const watched = new WatchedFolder(await TemporaryFolder.create());
    for (const [path, content] of Object.entries(files)) {
      await watched.folder.write(path, content);
    }
    let isStarted = false;
    const source = new DirectorySource(
      sourceOptions(watched.store, {
        folder: watched.folder.path,
        clock: systemClock,
        log: { info: () => undefined, warn: (fields) => watched.warnings.push(fields) },
        rescanSeconds: 3600,
        secondLookSeconds: 0.3,
        ...(typeof options === 'function' ? options(watched.folder) : options),
      }),
    );
    watched.#running = source.run(watched.#stop.signal, () => {
      isStarted = true;
    });
    await until(() => isStarted);
    return watched;
  }

  /** Waits until the store holds exactly these. */
  async has(...names: readonly string[]): Promise<void> {
    await until(() => this.store.names.join() === names.join());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.folder[Symbol.asyncDispose]();
  }
}

async function git(folder: string, ...words: readonly string[]): Promise<void> {
  const author = ['-c', 'user.name=t', '-c', 'user.email=t@localhost', '-c', 'core.hooksPath='];
  await promisify(execFile)('git', ['-C', folder, ...author, ...words]);
}

describe('watching a folder', () => {
  it('acts on a new file, an edited one, and one that an editor replaced by a rename', async () => {
    await using watched = await WatchedFolder.start({ 'a.yaml': workspaceYaml('a') });

    await watched.folder.write('b.yaml', workspaceYaml('b'));
    await watched.has('a', 'b');
    await watched.folder.write('b.yaml', workspaceYaml('b', 'c'));
    await watched.has('a', 'b', 'c');
    await watched.folder.write('.a.yaml.new', workspaceYaml('a', 'd'));
    await rename(watched.folder.at('.a.yaml.new'), watched.folder.at('a.yaml'));
    await watched.has('a', 'b', 'c', 'd');

    expect(watched.store.removed).toEqual([]);
  });

  it('removes a file that is gone after a second look, without waiting for the next rescan', async () => {
    await using watched = await WatchedFolder.start({
      'a.yaml': workspaceYaml('a'),
      'b.yaml': workspaceYaml('b'),
    });

    await watched.folder.remove('b.yaml');

    await watched.has('a');
    expect(watched.store.removed).toEqual(['b']);
  });

  it('finds what lies in a new folder, also in one that was made again', async () => {
    await using watched = await WatchedFolder.start({ 'a.yaml': workspaceYaml('a') });

    await watched.folder.write('x/y/b.yaml', workspaceYaml('b'));
    await watched.has('a', 'b');
    await watched.folder.remove('x');
    await watched.folder.write('x/y/b.yaml', workspaceYaml('b'));
    await watched.folder.write('x/y/c.yaml', workspaceYaml('c'));
    await watched.has('a', 'b', 'c');
    await watched.folder.write('x/y/d.yaml', workspaceYaml('d'));
    await watched.has('a', 'b', 'c', 'd');
  });

  it('acts on a change in a content folder, hidden ones too', async () => {
    const manifest = `${workspaceYaml('a')}  files:\n    - directory: .agents/prompts\n`;
    await using watched = await WatchedFolder.start({
      'a.yaml': manifest,
      '.agents/prompts/x.md': '1',
    });
    const texts = (): unknown => watched.store.objects.get('Workspace default/a')?.directories;

    await watched.folder.write('.agents/prompts/x.md', '2');
    await until(() => JSON.stringify(texts()) === '{".agents/prompts":{"x.md":"2"}}');
    await watched.folder.write('.agents/prompts/deep/y.md', '3');

    await until(() => JSON.stringify(texts()).includes('deep/y.md'));
  });

  it('acts when a mounted ConfigMap is switched', async () => {
    await using watched = await WatchedFolder.start({ '..1/a.yaml': workspaceYaml('a') });
    await symlink('..1', watched.folder.at('..data'));
    await symlink('..data/a.yaml', watched.folder.at('a.yaml'));
    await watched.has('a');

    await watched.folder.write('..2/a.yaml', workspaceYaml('a', 'b'));
    await symlink('..2', watched.folder.at('..tmp'));
    await rename(watched.folder.at('..tmp'), watched.folder.at('..data'));

    await watched.has('a', 'b');
  });

  it('goes on when the folder itself is moved away and made again', async () => {
    await using watched = await WatchedFolder.start({ 'a.yaml': workspaceYaml('a') });
    await rename(watched.folder.path, watched.folder.beside('away'));
    await until(() => watched.store.state.state === 'Held');

    await mkdir(watched.folder.path);
    await watched.folder.write('a.yaml', workspaceYaml('a', 'b'));
    await until(() => watched.store.state.state === 'Active');
    await watched.folder.write('c.yaml', workspaceYaml('c'));

    await watched.has('a', 'b', 'c');
    expect(watched.store.removed).toEqual([]);
  });

  it('acts when the folder is a link that is switched to another version', async () => {
    await using watched = await WatchedFolder.start(
      { 'v1/a.yaml': workspaceYaml('a') },
      (folder) => ({
        folder: folder.beside('current'),
      }),
    );
    await symlink(watched.folder.at('v1'), watched.folder.beside('current'));
    await watched.has('a');
    await watched.folder.write('v2/a.yaml', workspaceYaml('a', 'b'));
    await symlink(watched.folder.at('v2'), watched.folder.beside('next'));

    await rename(watched.folder.beside('next'), watched.folder.beside('current'));
    await watched.has('a', 'b');
    await watched.folder.write('v2/c.yaml', workspaceYaml('c'));
    await watched.has('a', 'b', 'c');
  });

  it('follows git checkout: adds at once, and removes after a second look', async () => {
    await using watched = await WatchedFolder.start({
      'a.yaml': workspaceYaml('a'),
      'b.yaml': workspaceYaml('b'),
      'c.yaml': workspaceYaml('c'),
    });
    const { path } = watched.folder;
    await git(path, 'init', '-q', '-b', 'main');
    await git(path, 'add', '.');
    await git(path, 'commit', '-q', '-m', 'one');
    await git(path, 'checkout', '-q', '-b', 'other');
    await git(path, 'rm', '-q', 'c.yaml');
    await watched.folder.write('d.yaml', workspaceYaml('d'));
    await git(path, 'add', '.');
    await git(path, 'commit', '-q', '-m', 'two');
    await watched.has('a', 'b', 'd');

    await git(path, 'checkout', '-q', 'main');

    await watched.has('a', 'b', 'c');
  });

  it('reads a file that is written piece by piece until it is whole', async () => {
    await using watched = await WatchedFolder.start({ 'a.yaml': workspaceYaml('a') });
    await watched.folder.write('b.yaml', 'kind: Workspace\nmetadata: {name: [');
    await until(() => watched.store.state.problems.length === 1);

    await watched.folder.write('b.yaml', workspaceYaml('b'));

    await watched.has('a', 'b');
    await until(() => watched.store.state.problems.length === 0);
  });

  it('declares one object once when its file is a link to another', async () => {
    await using watched = await WatchedFolder.start({ 'a.yaml': workspaceYaml('a') });

    await symlink('a.yaml', watched.folder.at('b.yaml'));
    await watched.folder.write('c.yaml', workspaceYaml('c'));
    await watched.has('a', 'c');

    expect(watched.store.state.problems).toEqual([]);
  });
});

describe('a folder that cannot be watched', () => {
  it.each(['ENOSPC', 'EMFILE'])('warns once of %s and is rescanned', async (code) => {
    await using watched = await WatchedFolder.start(
      { 'a/a.yaml': workspaceYaml('a'), 'b/b.yaml': workspaceYaml('b') },
      {
        rescanSeconds: 0.1,
        watchFolder: () => {
          throw Object.assign(new Error('no more watches'), { code });
        },
      },
    );

    await watched.folder.write('a/c.yaml', workspaceYaml('c'));

    await watched.has('a', 'b', 'c');
    expect(watched.warnings).toEqual([expect.objectContaining({ code })]);
  });

  it('is rescanned when a watch ends with an error', async () => {
    const errors: (() => void)[] = [];
    await using watched = await WatchedFolder.start(
      { 'a.yaml': workspaceYaml('a') },
      {
        rescanSeconds: 0.1,
        watchFolder: (_path, _onChange, onError) => {
          errors.push(() => {
            onError(Object.assign(new Error('gone'), { code: 'EIO' }));
          });
          return () => undefined;
        },
      },
    );
    errors.forEach((fail) => {
      fail();
    });

    await watched.folder.write('b.yaml', workspaceYaml('b'));

    await watched.has('a', 'b');
    expect(watched.warnings).toEqual([expect.objectContaining({ code: 'EIO' })]);
    await rm(watched.folder.at('b.yaml'));
  });
});
