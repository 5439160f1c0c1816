import { describe, expect, it } from '@jest/globals';
import { FencedError } from '../../../lib/errors.ts';
import { systemClock } from '../../../lib/clock.ts';
import { DirectorySource } from '../../../sources/directory/directory-source.ts';
import { MemoryStore } from './memory-store.ts';
import { sourceOptions } from './source-options.ts';
import { TemporaryFolder, workspaceYaml } from './temporary-folder.ts';
import { until } from './until.ts';

describe('the loop of a directory source', () => {
  it('tells what was applied, ticks, and ends at once when it is told to', async () => {
    await using folder = await TemporaryFolder.create();
    await folder.write('a.yaml', workspaceYaml('a'));
    const applied: string[] = [];
    const stop = new AbortController();
    const source = new DirectorySource(
      sourceOptions(new MemoryStore(), {
        folder: folder.path,
        clock: systemClock,
        onApplied: (results) => applied.push(...results.map(({ name }) => name)),
      }),
    );
    let ticks = 0;

    const running = source.run(stop.signal, () => {
      ticks += 1;
    });
    await until(() => ticks > 0);
    stop.abort();
    await running;

    expect(applied).toEqual(['a']);
  });

  it('ends with the error when a newer leader has taken over', async () => {
    await using folder = await TemporaryFolder.create();
    const store = new MemoryStore();
    store.outage = new FencedError('writing: a newer epoch exists');
    const source = new DirectorySource(
      sourceOptions(store, { folder: folder.path, clock: systemClock }),
    );

    const running = source.run(new AbortController().signal, () => undefined);

    await expect(running).rejects.toThrow(FencedError);
  });

  it('does not tick while the store is away', async () => {
    await using folder = await TemporaryFolder.create();
    const store = new MemoryStore();
    store.outage = new Error('no connection');
    const warnings: string[] = [];
    const stop = new AbortController();
    const source = new DirectorySource(
      sourceOptions(store, {
        folder: folder.path,
        clock: systemClock,
        log: { info: () => undefined, warn: (_fields, message) => warnings.push(message) },
      }),
    );
    let ticks = 0;

    const running = source.run(stop.signal, () => {
      ticks += 1;
    });
    await until(() => warnings.length > 0);
    stop.abort();
    await running;

    expect(ticks).toBe(0);
  });

  it('looks again soon when it is asked to', async () => {
    await using folder = await TemporaryFolder.create();
    const store = new MemoryStore();
    const stop = new AbortController();
    const source = new DirectorySource(
      sourceOptions(store, {
        folder: folder.path,
        clock: systemClock,
        watchFolder: () => () => undefined,
      }),
    );
    let ticks = 0;
    const running = source.run(stop.signal, () => {
      ticks += 1;
    });
    await until(() => ticks > 0);

    await folder.write('a.yaml', workspaceYaml('a'));
    source.rescanSoon();

    await until(() => store.names.includes('a'));
    stop.abort();
    await running;
  });
});
