import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { removeDataFolder } from '../../../cmd/data-folder.ts';
import {
  claimInstallationKey,
  loadInstallationKey,
  type KeyRequest,
} from '../../../cmd/wiring/installation-key.ts';
import { findInstallation } from '../../../cmd/wiring/installation.ts';
import { InstallationKey } from '../../../lib/installation-key.ts';
import { CapturedLog } from '../../support/captured-log.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

const BYTES = Buffer.from('planted!'.padEnd(31, 'k').padStart(32, '\xe9'), 'latin1');
const FINGERPRINT = new InstallationKey(BYTES, randomBytes).fingerprint;

let folder: string;
let captured: CapturedLog;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'treeline-key-'));
  captured = new CapturedLog();
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

function load(request: Partial<KeyRequest> = {}): Promise<InstallationKey> {
  const dataDir = join(folder, 'data');
  return loadInstallationKey({ dataDir, isDatabaseEmbedded: true, log: captured.log, ...request });
}

async function keyFile(content: string | Uint8Array, mode = 0o600): Promise<string> {
  const path = join(folder, 'given');
  await writeFile(path, content);
  await chmod(path, mode);
  return path;
}

describe('the key in the data folder', () => {
  it('is made once, for its owner alone, also when many start at once', async () => {
    const keys = await Promise.all([load(), load(), load(), load()]);
    const again = await load();

    const { mode } = await stat(join(folder, 'data', 'installation.key'));
    expect(new Set([...keys, again].map((key) => key.fingerprint)).size).toBe(1);
    expect(mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'data'))).toEqual(['installation.key']);
  });

  it('is another one in another folder', async () => {
    const other = await load({ dataDir: join(folder, 'other') });

    expect((await load()).fingerprint).not.toBe(other.fingerprint);
  });

  it('is warned of once when the database is somewhere else', async () => {
    await load({ isDatabaseEmbedded: false });
    await load({ isDatabaseEmbedded: false });

    expect(captured.lines).toMatchObject([
      { level: 'warn', file: join(folder, 'data', 'installation.key') },
    ]);
    const text = await readFile(join(folder, 'data', 'installation.key'), 'utf8');
    expect(JSON.stringify(captured.lines)).not.toContain(text.trim());
  });

  it('is not made when another one is given', async () => {
    await load({ keyFile: await keyFile(BYTES), isDatabaseEmbedded: false });

    expect(await readdir(folder)).toEqual(['given']);
    expect(captured.lines).toEqual([]);
  });

  it('is removed with the data folder', async () => {
    await load();

    expect(await removeDataFolder(join(folder, 'data'))).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is never made anew in place of a damaged one', async () => {
    await load();
    await writeFile(join(folder, 'data', 'installation.key'), '');

    await expect(load()).rejects.toThrow(/installation\.key holds no key of 32 bytes/);
  });
});

describe('a key file', () => {
  it.each([
    ['raw bytes', BYTES],
    ['hexadecimal text', `${BYTES.toString('hex')}\n`],
    ['upper case hexadecimal text', BYTES.toString('hex').toUpperCase()],
    ['base64', ` ${BYTES.toString('base64')}\r\n`],
    ['base64 for URLs', BYTES.toString('base64url')],
  ])('may hold %s', async (_what, content) => {
    expect((await load({ keyFile: await keyFile(content) })).fingerprint).toBe(FINGERPRINT);
  });

  it.each(['0600', '0400', '0440'])('may have mode %s', async (mode) => {
    const path = await keyFile(BYTES, Number.parseInt(mode, 8));

    expect((await load({ keyFile: path })).fingerprint).toBe(FINGERPRINT);
  });

  it('may be a link, as Kubernetes mounts it', async () => {
    await keyFile(BYTES);
    await symlink('given', join(folder, 'link'));

    expect((await load({ keyFile: join(folder, 'link') })).fingerprint).toBe(FINGERPRINT);
  });

  it.each<[string, string | Uint8Array]>([
    ['empty', ''],
    ['too short', BYTES.subarray(1)],
    ['too long', Buffer.concat([BYTES, BYTES])],
    ['much too long', Buffer.concat(Array.from({ length: 1000 }, () => BYTES))],
    ['half a key in hexadecimal', BYTES.subarray(16).toString('hex')],
    ['a password of 32 characters', 'planted! planted! planted! plant'],
    ['base64 of something shorter', BYTES.subarray(8).toString('base64')],
    ['PEM', '-----BEGIN PRIVATE KEY-----\nplanted\n-----END PRIVATE KEY-----\n'],
  ])('is refused when it is %s, and nothing of it is shown', async (_what, content) => {
    const path = await keyFile(content);

    const refusal = await load({ keyFile: path }).catch((error: unknown) => error as Error);

    expect(refusal).toMatchObject({
      exitCode: 2,
      message: `installation key ${path} holds no key of 32 bytes: make one with (umask 077 && openssl rand -hex 32 > '${path}'), and keep a copy`,
    });
  });

  it.each(['0644', '0604', '0602', '0660', '0601'])(
    'is refused with mode %s, which others may use',
    async (mode) => {
      const path = await keyFile(BYTES, Number.parseInt(mode, 8));

      await expect(load({ keyFile: path })).rejects.toThrow(
        `installation key ${path} may be read by others (mode ${mode}): chmod 600 '${path}'`,
      );
    },
  );

  it.each([
    ['does not exist', 'nowhere', /does not exist: make one with .* openssl rand -hex 32/],
    ['is a folder', '.', /is a folder: make one with/],
    ['is below a file', 'given/x', /cannot be read: ENOTDIR: it must be readable/],
    ['is a device', '../../dev/zero', /is not a file: make one with/],
  ])('is refused when it %s', async (_what, path, message) => {
    await keyFile(BYTES);

    await expect(load({ keyFile: join(folder, path) })).rejects.toThrow(message);
  });
});

describe('the key of a database', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
    await findInstallation(database.db, { dataDir: folder, installationId: 'test' });
  });
  afterEach(async () => {
    await database[Symbol.asyncDispose]();
  });

  it('is the first one that is used with it, and stays that', async () => {
    const key = await load();

    await claimInstallationKey(database.db, key);
    await claimInstallationKey(database.db, key);

    expect(
      await database.db.selectFrom('installation').select('key_fingerprint').execute(),
    ).toEqual([{ key_fingerprint: key.fingerprint }]);
  });

  it('keeps away whoever comes with another one, and says what to do', async () => {
    await claimInstallationKey(database.db, await load());
    const other = await load({ dataDir: join(folder, 'other') });

    await expect(claimInstallationKey(database.db, other)).rejects.toThrow(
      /^this database was made with another installation key \(fingerprint .{8}, this one is .{8}\): give the right one by --key-file$/,
    );
  });

  it('is that of exactly one of two that come at once', async () => {
    const keys = [await load(), await load({ dataDir: join(folder, 'other') })];

    const results = await Promise.allSettled(
      keys.map((key) => claimInstallationKey(database.db, key)),
    );

    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});
