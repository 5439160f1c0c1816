import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { systemClock, type MonotonicClock } from '../../../lib/clock.ts';
import { QUIET_MS } from '../../../sources/secrets/limits.ts';
import {
  SecretsFolder,
  type SecretsFolderOptions,
} from '../../../sources/secrets/secrets-folder.ts';
import { until } from '../directory/until.ts';
import { KEY, LoadedFolder, mount } from './loaded-folder.ts';

/** A folder that is followed in real time. */
class FollowedFolder implements AsyncDisposable {
  readonly loaded: LoadedFolder;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  ticks = 0;

  private constructor(loaded: LoadedFolder) {
    this.loaded = loaded;
    this.#running = loaded.secrets.run(this.#stop.signal, () => {
      this.ticks += 1;
    });
  }

  static async start(
    files: Readonly<Record<string, string>>,
    options: Partial<SecretsFolderOptions> = {},
  ): Promise<FollowedFolder> {
    const followed = new FollowedFolder(await LoadedFolder.create(files, options));
    await until(() => followed.ticks > 0);
    return followed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.loaded[Symbol.asyncDispose]();
  }
}

function valueOf({ loaded }: FollowedFolder): unknown {
  return Reflect.get(Object(loaded.find('default', 'api')), 'A');
}

/** Never comes to the next look by itself, so what is seen was hinted at. */
const HINTS_ONLY: MonotonicClock = {
  ...systemClock,
  sleep: (milliseconds, signal) =>
    systemClock.sleep(milliseconds > QUIET_MS ? 3_600_000 : milliseconds, signal),
};

describe('a secrets folder that is followed', () => {
  it.each([
    ['hints alone', { clock: HINTS_ONLY }],
    ['looks alone', { watchFolder: () => () => undefined }],
  ])('tells of a change by %s', async (_what, options) => {
    await using followed = await FollowedFolder.start({ 'default/api/A': '1' }, options);

    await followed.loaded.write({ 'default/api/A': '2' });
    await until(() => followed.loaded.changes.length > 0);

    expect(followed.loaded.changes).toEqual([['default']]);
    expect(valueOf(followed)).toBe('2');
  });

  it('makes at most two changes of twenty in a second, and ends with the last one', async () => {
    await using followed = await FollowedFolder.start({ 'default/api/A': '0' });
    const startMs = systemClock.monotonicMs();

    for (let value = 1; value <= 20; value += 1) {
      await followed.loaded.write({ 'default/api/A': `${value}` });
      await systemClock.sleep(45);
    }
    const writtenInSeconds = Math.ceil((systemClock.monotonicMs() - startMs) / 1000);
    await until(() => valueOf(followed) === '20');

    expect(followed.loaded.changes.length).toBeLessThanOrEqual(writtenInSeconds + 1);
  });

  it('tells of a file that never holds still', async () => {
    await using followed = await FollowedFolder.start({ 'default/api/A': '0' });
    const stop = new AbortController();
    const writing = keepWriting(followed.loaded, stop.signal);

    await until(() => followed.loaded.changes.length > 0);
    stop.abort();
    await writing;

    expect(valueOf(followed)).toMatch(/^x+$/);
  });

  it('finds a folder that appears later, disappears and comes back', async () => {
    await using followed = await FollowedFolder.start({ '.env': 'A=1' });
    const { loaded } = followed;

    await rename(loaded.folder.path, loaded.folder.beside('away'));
    await until(() => loaded.changes.length === 1);
    const without = loaded.global('default');
    await rename(loaded.folder.beside('away'), loaded.folder.path);
    await until(() => loaded.changes.length === 2);

    expect([without, loaded.global('default')]).toEqual([{}, { A: '1' }]);
    expect(loaded.changes).toEqual(['all', 'all']);
  });

  it('sees the swap of a mount as one change of all keys', async () => {
    await using followed = await FollowedFolder.start({});
    const { loaded } = followed;
    await mkdir(loaded.folder.at('default'));
    await mount(loaded.folder.at('default/api'), '1', { A: 'old', B: 'old' });
    await until(() => valueOf(followed) === 'old');
    loaded.changes.length = 0;

    await mount(loaded.folder.at('default/api'), '2', { A: 'new', B: 'new' });
    await until(() => loaded.changes.length > 0);

    expect(loaded.find('default', 'api')).toEqual({ A: 'new', B: 'new' });
    expect(loaded.changes).toEqual([['default']]);
  });

  it('never shows half of a value that is overwritten while it is read', async () => {
    const seen = new Set<unknown>();
    await using followed = await FollowedFolder.start(
      { 'default/api/A': 'a'.repeat(500_000) },
      { onChange: () => seen.add(valueOf(followed)) },
    );

    await writeInPieces(followed.loaded.folder.at('default/api/A'), 'b', 8);
    await until(() => seen.has('b'.repeat(500_000)));

    expect([...seen]).toEqual(['b'.repeat(500_000)]);
  });

  it('says nothing when a secret changes and changes back before it is told', async () => {
    await using followed = await FollowedFolder.start({ 'default/api/A': '1' });
    const { loaded } = followed;

    await loaded.write({ 'default/api/A': '2' });
    await loaded.write({ 'default/api/A': '1' });
    await loaded.write({ 'other/api/A': '1' });
    await until(() => loaded.changes.length > 0);

    expect(loaded.changes).toEqual([['other']]);
  });

  it('forgets a secret that is removed', async () => {
    await using followed = await FollowedFolder.start({ 'default/api/A': '1' });

    await rm(followed.loaded.folder.at('default/api'), { recursive: true });
    await until(() => followed.loaded.changes.length > 0);

    expect(followed.loaded.find('default', 'api')).toMatch(/not found/);
  });

  it('stops at once, also in the middle of a wait', async () => {
    const options = { clock: HINTS_ONLY };

    await (await FollowedFolder.start({ 'default/api/A': '1' }, options))[Symbol.asyncDispose]();
  });

  it('loads by itself when nobody has', async () => {
    await using loaded = await LoadedFolder.create({ 'default/api/A': '1' });
    const secrets = new SecretsFolder({
      folder: loaded.folder.path,
      key: KEY,
      clock: systemClock,
      onChange: () => undefined,
      log: { warn: () => undefined },
    });
    const stop = new AbortController();

    await secrets.run(stop.signal, () => {
      stop.abort();
    });

    expect(secrets.snapshot().find('default', 'api')).toMatchObject({ values: { A: '1' } });
  });
});

async function keepWriting(loaded: LoadedFolder, stop: AbortSignal): Promise<void> {
  for (let length = 1; !stop.aborted; length += 1) {
    await loaded.write({ 'default/api/A': 'x'.repeat(length) });
    await systemClock.sleep(10, stop);
  }
}

/** As many tools write: emptied, then piece by piece. */
async function writeInPieces(path: string, letter: string, pieces: number): Promise<void> {
  const piece = letter.repeat(500_000 / pieces);
  await writeFile(path, '');
  for (let index = 0; index < pieces; index += 1) {
    await writeFile(path, piece, { flag: 'a' });
  }
}
