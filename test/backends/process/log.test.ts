import { describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logOfLastRun } from '../../../api/run-boundary.ts';
import { AgentLog } from '../../../backends/process/agent-log.ts';
import { readEnd, readLastLines, toText } from '../../../backends/process/log-reader.ts';

describe('the log of an agent', () => {
  it('is rotated when it is full, keeping one old file', async () => {
    await using folder = await temporaryFolder();
    const [path, oldPath] = [folder.path('log'), folder.path('log.1')];
    const log = new AgentLog({ path, oldPath, rotateAt: 8 });

    for (const line of ['first\n', 'second\n', 'third\n', 'fourth\n']) {
      log.write(Buffer.from(line));
    }

    expect(await readFile(oldPath, 'utf8')).toBe('first\nsecond\n');
    expect(await readFile(path, 'utf8')).toBe('third\nfourth\n');
    expect(readLastLines(path, oldPath, 3)).toBe('second\nthird\nfourth\n');
  });

  it('goes on in the file that an earlier run left, and says where', async () => {
    await using folder = await temporaryFolder();
    await writeFile(folder.path('log'), 'earlier\n');
    const log = new AgentLog({ path: folder.path('log'), oldPath: folder.path('log.1') });

    log.write(Buffer.from('now\n'));
    log.write(Buffer.from('and now\n'));
    log.close();

    const text = await readFile(folder.path('log'), 'utf8');
    expect(text).toBe('earlier\ntreeline: starting the agent\nnow\nand now\n');
    expect(logOfLastRun(text)).toBe('now\nand now\n');
    expect(log.end()).toBe('now\nand now\n');
  });

  it('swallows what a full disk does not take, and writes again when there is room', async () => {
    await using folder = await temporaryFolder();
    const path = folder.path('log');
    await symlink('/dev/full', path);
    const log = new AgentLog({ path, oldPath: folder.path('log.1') });

    log.write(Buffer.from('lost\n'));
    await rm(path);
    log.write(Buffer.from('kept\n'));

    expect(await readFile(path, 'utf8')).toBe('kept\n');
    expect(log.end()).toBe('lost\nkept\n');
  });

  it('keeps at most 4 KiB of whole lines as evidence', () => {
    const log = new AgentLog({ path: '/no/such/folder/log', oldPath: '/no/such/folder/log.1' });

    log.write(Buffer.from(`${'€'.repeat(1000)} hunter2-`));
    log.write(Buffer.from(`planted\n${'€'.repeat(1363)}\n`));

    expect(log.end()).toBe(`${'€'.repeat(1363)}\n`);
  });

  it('keeps as evidence nothing of a line that is longer than 4 KiB', () => {
    const log = new AgentLog({ path: '/no/such/folder/log', oldPath: '/no/such/folder/log.1' });

    log.write(Buffer.from('€'.repeat(2000)));

    expect(log.end()).toBe('');
  });

  it.each([
    ['a\nb\nc\n', 2, 'b\nc\n'],
    ['a\nb\nc', 2, 'b\nc'],
    ['a\n\n\n', 2, '\n\n'],
    ['\n', 1, '\n'],
    ['a\n', 9, 'a\n'],
    ['a\n', 0, ''],
    ['', 3, ''],
  ])('shows of %j the last %i lines', async (text, count, expected) => {
    await using folder = await temporaryFolder();
    await writeFile(folder.path('log'), text);

    expect(readLastLines(folder.path('log'), folder.path('log.1'), count)).toBe(expected);
  });

  it('shows nothing where nothing was written', () => {
    expect(readEnd('/no/such/file', 10)).toBe('');
  });

  it.each([
    [[0xe2, 0x82, 0xac], '€'],
    [[0x82, 0xac, 0x61], 'a'],
    [[0xac, 0x61], 'a'],
    [[], ''],
  ])('leaves out the rest of a character that was cut: %j', (bytes, expected) => {
    expect(toText(Buffer.from(bytes))).toBe(expected);
  });
});

async function temporaryFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'treeline-log-'));
  return {
    path: (name: string) => join(folder, name),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
