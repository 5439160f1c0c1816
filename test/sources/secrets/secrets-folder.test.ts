import { inspect } from 'node:util';
import { rename, symlink } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { emptySecrets } from '../../../sources/secrets/folder-snapshot.ts';
import { KEY, LoadedFolder, mount, PLANTED, removeVersion } from './loaded-folder.ts';

describe('a secrets folder', () => {
  it('has a secret as one file a key, byte for byte', async () => {
    await using loaded = await LoadedFolder.create({
      'default/api/TOKEN': `${PLANTED}\n`,
      'default/api/tls.crt': '\uFEFFäöü\r\n',
      'default/api/EMPTY': '',
    });

    expect(loaded.find('default', 'api')).toEqual({
      TOKEN: `${PLANTED}\n`,
      'tls.crt': '\uFEFFäöü\r\n',
      EMPTY: '',
    });
  });

  it('has a secret as an .env file', async () => {
    await using loaded = await LoadedFolder.create({ 'default/api.env': 'A=1\nB="2\n3"\n' });

    expect(loaded.find('default', 'api')).toEqual({ A: '1', B: '2\n3' });
  });

  it('has a secret without keys', async () => {
    await using loaded = await LoadedFolder.create({
      'default/api/..data/x': '',
      'default/b.env': '',
    });

    expect([loaded.find('default', 'api'), loaded.find('default', 'b')]).toEqual([{}, {}]);
  });

  it('keeps namespaces apart', async () => {
    await using loaded = await LoadedFolder.create({
      'default/api/A': '1',
      'other/api/A': '2',
      'other/.env': 'B=2',
    });

    expect(loaded.find('other', 'api')).toEqual({ A: '2' });
    expect(loaded.find('third', 'api')).toMatch(/^secret "api" not found/);
    expect([loaded.global('default'), loaded.global('other')]).toEqual([{}, { B: '2' }]);
  });

  it('gives every workspace what stands in .env, the one of the namespace over the one of all', async () => {
    await using loaded = await LoadedFolder.create({
      '.env': 'A=all\nB=all',
      'default/.env': 'B=default\nC=default',
    });

    expect(loaded.global('default')).toEqual({ A: 'all', B: 'default', C: 'default' });
    expect(loaded.global('other')).toEqual({ A: 'all', B: 'all' });
  });

  it('is read through the links of a mount, which swap all keys at once', async () => {
    await using loaded = await LoadedFolder.create({ 'default/api/.keep~': '' });
    const secret = loaded.folder.at('default/api');
    await mount(secret, '1', { A: 'old', B: 'old' });
    await loaded.secrets.load();
    const before = loaded.find('default', 'api');

    await mount(secret, '2', { A: 'new', B: 'new' });
    await removeVersion(secret, '1');
    await loaded.secrets.load();

    expect([before, loaded.find('default', 'api')]).toEqual([
      { A: 'old', B: 'old' },
      { A: 'new', B: 'new' },
    ]);
  });

  it('may be a link itself, and hold links to folders of its own', async () => {
    await using loaded = await LoadedFolder.create({ 'default/api/A': '1' });
    await rename(loaded.folder.path, loaded.folder.beside('real'));
    await symlink('real', loaded.folder.path);
    await symlink('api', loaded.folder.at('default/same'));

    await loaded.secrets.load();

    expect(loaded.find('default', 'same')).toEqual({ A: '1' });
  });

  it.each([
    'default/api/TOKEN~',
    'default/api/.TOKEN.swp',
    'default/api/.DS_Store',
    'default/api/..2026_01_01/B',
    'default/README',
    'default/.git/HEAD/B',
    'lost+found/api/B',
    'notes',
  ])('passes over %s', async (path) => {
    await using loaded = await LoadedFolder.create({ 'default/api/A': '1' });
    const before = loaded.revision('default');

    await loaded.write({ [path]: 'x' });
    await loaded.secrets.load();

    expect(loaded.find('default', 'api')).toEqual({ A: '1' });
    expect(loaded.revision('default')).toBe(before);
  });

  it.each(['../default', 'constructor', '__proto__', '', '..', 'api/..'])(
    'has no secret and no namespace called %j',
    async (name) => {
      await using loaded = await LoadedFolder.create({ 'default/api/A': '1' });

      expect(loaded.find('default', name)).toMatch(/not found/);
      expect(loaded.find(name, 'api')).toMatch(/not found/);
      expect(loaded.global(name)).toEqual({});
    },
  );

  it('has no key that was never written, whatever objects have', async () => {
    await using loaded = await LoadedFolder.create({ 'default/api/A': '1' });
    const found = loaded.secrets.snapshot().find('default', 'api');

    expect(found).toMatchObject({ kind: 'found', values: { A: '1' } });
    expect(Reflect.get((found as { values: object }).values, 'constructor')).toBeUndefined();
  });

  it('gives a snapshot that does not change with the folder', async () => {
    await using loaded = await LoadedFolder.create({ 'default/api/A': '1' });
    const snapshot = loaded.secrets.snapshot();

    await loaded.write({ 'default/api/A': '2' });
    await loaded.secrets.load();

    expect(snapshot.find('default', 'api')).toMatchObject({ values: { A: '1' } });
    expect(loaded.find('default', 'api')).toEqual({ A: '2' });
  });

  it('does not show a value when it is printed or logged', async () => {
    await using loaded = await LoadedFolder.create({
      'default/api/A': PLANTED,
      '.env': `B=${PLANTED}`,
    });
    const snapshot = loaded.secrets.snapshot();

    expect(inspect([snapshot, loaded.secrets], { depth: 9 })).not.toContain(PLANTED);
    expect(JSON.stringify([snapshot, loaded.secrets.snapshot()])).not.toContain(PLANTED);
  });
});

describe('the revision of a namespace', () => {
  it.each<[string, Record<string, string>]>([
    ['a value', { 'default/api/A': '2' }],
    ['a key more', { 'default/api/B': '1' }],
    ['a secret more', { 'default/b.env': 'A=1' }],
    ['what the namespace gets', { 'default/.env': 'A=1' }],
    ['what all get', { '.env': 'A=1' }],
    ['a problem', { 'default/.env': 'bad' }],
  ])('changes with %s', async (_what, files) => {
    await using loaded = await LoadedFolder.create({ 'default/api/A': '1' });
    const before = loaded.revision('default');

    await loaded.write(files);
    await loaded.secrets.load();

    expect(loaded.revision('default')).not.toBe(before);
    expect(loaded.changes).toHaveLength(1);
  });

  it('does not change with another namespace, nor when a file is written again as it was', async () => {
    await using loaded = await LoadedFolder.create({ 'default/api/A': '1', 'other/api/A': '1' });
    const before = loaded.revision('default');

    await loaded.write({ 'other/api/A': '2', 'default/api/A': '1' });
    await loaded.secrets.load();

    expect(loaded.revision('default')).toBe(before);
    expect(loaded.changes).toEqual([['other']]);
  });

  it('is the same in another process with the same key, and says nothing without the key', async () => {
    const files = { 'default/api/A': 'x', '.env': 'B=1' };
    await using one = await LoadedFolder.create(files);
    await using same = await LoadedFolder.create(files);
    await using other = await LoadedFolder.create(files, { key: { keyedHash: JSON.stringify } });

    expect(same.revision('default')).toBe(one.revision('default'));
    expect(one.revision('default')).toMatch(/^[0-9a-f]{64}$/);
    expect(other.revision('default')).not.toBe(one.revision('default'));
  });

  it('of a namespace without a folder follows what all get', async () => {
    await using loaded = await LoadedFolder.create({ '.env': 'A=1' });
    const before = loaded.revision('nowhere');

    await loaded.write({ '.env': 'A=2' });
    await loaded.secrets.load();

    expect(loaded.revision('nowhere')).not.toBe(before);
    expect(loaded.changes).toEqual(['all']);
  });

  it('tells nobody of what the first load found', async () => {
    await using loaded = await LoadedFolder.create({ '.env': 'A=1', 'default/api/A': '1' });

    expect(loaded.changes).toEqual([]);
  });
});

describe('no secrets', () => {
  it('answers like an empty folder', async () => {
    await using loaded = await LoadedFolder.create({});
    const empty = emptySecrets(KEY);

    expect(empty.find('default', 'api')).toEqual(loaded.secrets.snapshot().find('default', 'api'));
    expect(empty.global('default')).toMatchObject({ kind: 'found', values: {} });
    expect(empty.revision('default')).toBe(loaded.revision('default'));
    expect(empty.keyedHash('a')).toBe(KEY.keyedHash('a'));
  });
});
