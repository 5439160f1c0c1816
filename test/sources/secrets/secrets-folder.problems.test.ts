import { execFile } from 'node:child_process';
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { LoadedFolder, PLANTED } from './loaded-folder.ts';

/** Root may read everything, so the reader is somebody else: nobody, on every Linux. */
const OWN_UID = process.geteuid?.() ?? 0;
const READER_UID = OWN_UID === 0 ? 65_534 : OWN_UID;
const MIB = 1024 * 1024;

async function loadAsReader(loaded: LoadedFolder): Promise<void> {
  await chmod(loaded.folder.beside('.'), 0o755);
  process.seteuid?.(READER_UID);
  try {
    await loaded.secrets.load();
  } finally {
    process.seteuid?.(OWN_UID);
  }
}

describe('a secret with a problem', () => {
  it.each<[string, Record<string, string | Uint8Array>, RegExp]>([
    [
      'a value that is not UTF-8',
      { 'default/bad/KEY': Buffer.from([0x70, 0xff, 0xfe]) },
      /^secret "bad": default\/bad\/KEY is not UTF-8 text$/,
    ],
    [
      'a value with a zero byte',
      { 'default/bad/KEY': `${PLANTED}\0` },
      /^secret "bad": default\/bad\/KEY holds a zero byte$/,
    ],
    [
      'a value that is too big',
      { 'default/bad/KEY': 'x'.repeat(MIB + 1) },
      /^secret "bad": default\/bad\/KEY is too big: 1048577 bytes, at most 1048576$/,
    ],
    [
      'values that are too big together',
      { 'default/bad/A': 'x'.repeat(MIB), 'default/bad/B': 'x' },
      /^secret "bad": default\/bad is too big: 1048577 bytes/,
    ],
    [
      'a folder in place of a key',
      { 'default/bad/KEY/x': PLANTED },
      /^secret "bad": default\/bad\/KEY is a folder, and must be a file$/,
    ],
    [
      'a folder in place of an .env file',
      { 'default/bad.env/x': PLANTED },
      /^secret "bad": default\/bad\.env is a folder/,
    ],
    [
      'a file in place of its folder',
      { 'default/bad': PLANTED },
      /^secret "bad": default\/bad is a file: a secret is a folder with one file a key/,
    ],
    [
      'a key that Kubernetes would not take',
      { 'default/bad/a key': PLANTED },
      /^secret "bad": default\/bad\/a key must be named with/,
    ],
    [
      'a bad line',
      { 'default/bad.env': `A=1\n${PLANTED}\n` },
      /^secret "bad": default\/bad\.env:2: must be NAME=value/,
    ],
    [
      'two places',
      { 'default/bad.env': 'A=1', 'default/bad/A': '1' },
      /^secret "bad": both default\/bad and default\/bad\.env exist/,
    ],
    [
      'many bad keys',
      Object.fromEntries(
        Array.from({ length: 8 }, (_, index) => [`default/bad/K${index}`, Buffer.from([0xff])]),
      ),
      /K0 .*; .*K4 is not UTF-8 text; and 3 more$/,
    ],
  ])(
    'because of %s is named without any value, and the others go on',
    async (_what, files, message) => {
      await using loaded = await LoadedFolder.create({ ...files, 'default/good/A': PLANTED });

      expect(loaded.find('default', 'bad')).toMatch(message);
      expect(loaded.find('default', 'bad')).not.toContain(PLANTED);
      expect(loaded.find('default', 'good')).toEqual({ A: PLANTED });
      expect(loaded.global('default')).toEqual({});
    },
  );

  it.each([
    ['a key', 'default/bad/KEY', 'beside', 'is a link that leaves the secrets folder'],
    ['an .env file', 'default/bad.env', 'beside', 'is a link that leaves the secrets folder'],
    ['a folder', 'default/bad', 'beside-folder', 'is a link that leaves the secrets folder'],
    ['a key', 'default/bad/KEY', 'nowhere', 'is a link to nowhere'],
    [
      'a key that is a circle',
      'default/bad/KEY',
      'folder/default/bad/KEY',
      'cannot be read: ELOOP',
    ],
  ])('does not follow the link of %s (%s) to %s', async (_what, path, target, problem) => {
    await using loaded = await LoadedFolder.create({ 'default/good/A': '1' });
    await writeFile(loaded.folder.beside('beside'), PLANTED);
    await mkdir(loaded.folder.beside('beside-folder'));
    await writeFile(loaded.folder.beside('beside-folder/KEY'), PLANTED);
    await mkdir(loaded.folder.at(`${path}/..`), { recursive: true });
    await symlink(loaded.folder.beside(target), loaded.folder.at(path));

    await loaded.secrets.load();

    expect(loaded.find('default', 'bad')).toBe(`secret "bad": ${path} ${problem}`);
    expect(loaded.find('default', 'good')).toEqual({ A: '1' });
  });

  it('does not wait for the writer of a pipe', async () => {
    await using loaded = await LoadedFolder.create({ 'default/bad/A': '1' });
    await promisify(execFile)('mkfifo', [loaded.folder.at('default/bad/PIPE')]);

    await loaded.secrets.load();

    expect(loaded.find('default', 'bad')).toBe(
      'secret "bad": default/bad/PIPE is not a regular file',
    );
  });

  it('is found again when the problem is gone', async () => {
    await using loaded = await LoadedFolder.create({ 'default/bad/A': Buffer.from([0xff]) });

    await loaded.write({ 'default/bad/A': 'good' });
    await loaded.secrets.load();

    expect(loaded.find('default', 'bad')).toEqual({ A: 'good' });
  });

  it.each([
    ['a key', 'default/bad/KEY', /^secret "bad": default\/bad\/KEY cannot be read: EACCES$/],
    ['its folder', 'default/bad', /^secret "bad": default\/bad cannot be read: EACCES$/],
    ['the namespace', 'default', /^secret "bad": default cannot be read: EACCES$/],
    ['the secrets folder', '.', /^secret "bad": the secrets folder cannot be read: EACCES$/],
  ])('because %s may not be read says so, and is no empty one', async (_what, path, message) => {
    await using loaded = await LoadedFolder.create({ 'default/bad/KEY': PLANTED });
    await chmod(loaded.folder.at(path), OWN_UID === 0 ? 0o600 : 0);

    await loadAsReader(loaded);

    expect(loaded.find('default', 'bad')).toMatch(message);
    await chmod(loaded.folder.at(path), 0o755);
    await loaded.secrets.load();
    expect(loaded.find('default', 'bad')).toEqual({ KEY: PLANTED });
  });
});

describe('what every workspace gets', () => {
  it.each([
    ['of all', '.env', 'secrets of all workspaces: .env:1: must be NAME=value'],
    ['of the namespace', 'default/.env', 'secrets of namespace "default": default/.env:1: must be'],
  ])(
    'is a problem when the file %s is wrong, and secrets are found all the same',
    async (...row) => {
      const [, path, message] = row;
      await using loaded = await LoadedFolder.create({
        [path]: PLANTED,
        'default/api/A': '1',
      });

      expect(loaded.global('default')).toContain(message);
      expect(loaded.global('default')).not.toContain(PLANTED);
      expect(loaded.find('default', 'api')).toEqual({ A: '1' });
    },
  );

  it('is a problem when the secrets folder is a file, and nothing when there is none', async () => {
    await using loaded = await LoadedFolder.create({ '.env': 'A=1' });

    await rm(loaded.folder.path, { recursive: true });
    await loaded.secrets.load();
    const without = loaded.global('default');
    await writeFile(loaded.folder.path, PLANTED);
    await loaded.secrets.load();

    expect(without).toEqual({});
    expect(loaded.global('default')).toBe(
      'secrets of all workspaces: the secrets folder cannot be read: ENOTDIR',
    );
  });
});

it('is told in the log, once, with file and line and without any value', async () => {
  const told: unknown[] = [];
  const log = { warn: (fields: unknown) => told.push(fields) };
  await using loaded = await LoadedFolder.create(
    { 'default/.env': `A=1\n${PLANTED}\n`, 'default/bad/KEY': Buffer.from([0xff]) },
    { log },
  );

  await loaded.secrets.load();

  expect(told).toEqual([
    { problem: expect.stringMatching(/^secrets of namespace "default": default\/\.env:2: must/) },
    { problem: 'secret "bad": default/bad/KEY is not UTF-8 text' },
  ]);
  expect(JSON.stringify(told)).not.toContain(PLANTED);
});
