import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findInstallation } from '../../../cmd/wiring/installation.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

let database: TestDatabase;
let dataDir: string;

beforeEach(async () => {
  database = await createTestDatabase();
  dataDir = join(await mkdtemp(join(tmpdir(), 'treeline-installation-')), 'data');
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
  await rm(join(dataDir, '..'), { recursive: true });
});

describe('the id of an installation', () => {
  it('is made once in the data folder, for its owner alone, also when two start at once', async () => {
    const [one, two] = await Promise.all([
      findInstallation(database.db, { dataDir }),
      findInstallation(database.db, { dataDir }),
    ]);

    const file = join(dataDir, 'installation-id');
    expect(two).toEqual(one);
    expect(one).not.toHaveProperty('mismatch');
    expect(await readFile(file, 'utf8')).toBe(`${one.id}\n`);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('is what is given', async () => {
    const found = await findInstallation(database.db, { dataDir, installationId: 'production' });

    expect(found).toMatchObject({ id: 'production' });
  });

  it('must be the one that the database belongs to, and both are named', async () => {
    await findInstallation(database.db, { dataDir, installationId: 'production' });

    const found = await findInstallation(database.db, { dataDir, installationId: 'staging' });

    expect(found).toMatchObject({
      id: 'staging',
      mismatch: expect.stringMatching(/"staging".*"production".*--installation-id/) as unknown,
    });
  });
});
