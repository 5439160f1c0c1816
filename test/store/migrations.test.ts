import { readFile, readdir } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { sha256Hex } from '../../lib/hash.ts';
import { MIGRATIONS } from '../../migrations/migrations.ts';

const FOLDER = new URL('../../migrations/', import.meta.url);

/** SHA-256 of every released migration, by file. A file is added here when it is released, and never changes again. */
const RELEASED: Readonly<Record<string, string>> = {};

async function listFiles(): Promise<readonly string[]> {
  return (await readdir(FOLDER)).filter((file) => /^\d/.test(file)).sort();
}

describe('migrations', () => {
  it('are numbered upwards, one file each, and all listed', async () => {
    const files = MIGRATIONS.map(
      ({ number, name }) => `${String(number).padStart(4, '0')}_${name}.ts`,
    );

    expect(files).toEqual(await listFiles());
    expect(new Set(MIGRATIONS.map(({ number }) => number)).size).toBe(files.length);
  });

  it('do not change once they are released', async () => {
    const hashes = await Promise.all(
      Object.keys(RELEASED).map(async (file) => [
        file,
        sha256Hex(await readFile(new URL(file, FOLDER), 'utf8')),
      ]),
    );

    expect(Object.fromEntries(hashes)).toEqual(RELEASED);
  });
});
