import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod } from 'node:fs/promises';

import { FolderHarness } from './folder-harness.ts';
import { workspaceYaml } from './temporary-folder.ts';

/** Root may read everything, so the reader is somebody else: nobody, on every Linux. */
const OWN_UID = process.geteuid?.() ?? 0;
const READER_UID = OWN_UID === 0 ? 65_534 : OWN_UID;

let harness: FolderHarness;

beforeEach(async () => {
  harness = await FolderHarness.start({
    'a.yaml': workspaceYaml('a'),
    'sub/b.yaml': workspaceYaml('b'),
  });
  await chmod(harness.folder.beside('.'), 0o755);
});

afterEach(async () => {
  await harness[Symbol.asyncDispose]();
});

/** Lets so many seconds pass while the folder is read by somebody who may not read everything. */
async function passAsReader(seconds: number): Promise<void> {
  process.seteuid?.(READER_UID);
  try {
    await harness.pass(seconds);
  } finally {
    process.seteuid?.(OWN_UID);
  }
}

describe('what may not be read', () => {
  it.each([
    ['a file', 'a.yaml', 0o600],
    ['a folder', 'sub', 0o600],
  ])('keeps what %s declared before, is named, and others go on', async (_what, path, mode) => {
    await chmod(harness.folder.at(path), OWN_UID === 0 ? mode : 0);
    await harness.folder.write('c.yaml', workspaceYaml('c'));

    await passAsReader(120);

    expect(harness.store).toMatchObject({ names: ['a', 'b', 'c'], removed: [] });
    expect(harness.store.state.problems).toEqual([
      expect.stringMatching(new RegExp(`^${path}: .*(EACCES|permission)`)),
    ]);
    await chmod(harness.folder.at(path), 0o755);
    await harness.pass(120);
    expect(harness.store.state.problems).toEqual([]);
  });
});
