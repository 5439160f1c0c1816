import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AgentBundle } from '../../../api/agent-messages.ts';
import { bundleArchive } from '../../../server/registry/bundle-archive.ts';

const run = promisify(execFile);

function bundle(change: Partial<AgentBundle> = {}): AgentBundle {
  return { env: {}, files: {}, configRevision: 'revision', ...change };
}

/** As a boot script has it: unpacked in a folder of its own by the machine's tar. */
class Unpacked implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async of(given: AgentBundle): Promise<Unpacked> {
    const unpacked = new Unpacked(await mkdtemp(join(tmpdir(), 'treeline-bundle-')));
    await writeFile(join(unpacked.folder, 'bundle.tar'), await bundleArchive(given));
    await run('tar', ['-xf', 'bundle.tar'], { cwd: unpacked.folder });
    return unpacked;
  }

  async read(path: string): Promise<string> {
    return await readFile(join(this.folder, path), 'utf8');
  }

  /** What a shell has in its environment after it has read `env.sh`. */
  async environment(): Promise<Readonly<Record<string, string>>> {
    const script = '. ./env.sh && exec env -0';
    const { stdout } = await run(
      'env',
      ['-i', '/bin/sh', '-c', `PATH=$(getconf PATH); ${script}`],
      {
        cwd: this.folder,
      },
    );
    const entries = stdout.split('\0').map((line) => line.split(/=(.*)/s));
    return Object.fromEntries(entries.map(([name = '', value = '']) => [name, value]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

describe('the archive of a bundle', () => {
  it('holds the files below configs, for their owner alone', async () => {
    const long = `${'deep/'.repeat(60)}${'n'.repeat(200)}.md`;
    const files = {
      'config.yaml': 'name: ada\n',
      '.auth_token': 'secret',
      'ä/ö.txt': 'ü',
      [long]: 'x',
    };

    await using unpacked = await Unpacked.of(bundle({ files }));

    const { mode, mtimeMs } = await stat(join(unpacked.folder, 'configs', '.auth_token'));
    expect(await unpacked.read('configs/config.yaml')).toBe('name: ada\n');
    expect(await unpacked.read('configs/ä/ö.txt')).toBe('ü');
    expect(await unpacked.read(`configs/${long}`)).toBe('x');
    expect({ mode: mode & 0o777, mtimeMs }).toEqual({ mode: 0o600, mtimeMs: 0 });
    expect((await stat(join(unpacked.folder, 'env.sh'))).mode & 0o777).toBe(0o600);
    expect((await readdir(unpacked.folder)).sort()).toEqual(['bundle.tar', 'configs', 'env.sh']);
  });

  it('is the same bytes for the same bundle, in whatever order it was put together', async () => {
    const one = bundle({ env: { A: '1', B: '2' }, files: { 'a.md': 'a', 'b.md': 'b' } });
    const same = bundle({ env: { B: '2', A: '1' }, files: { 'b.md': 'b', 'a.md': 'a' } });

    expect((await bundleArchive(one)).equals(await bundleArchive(same))).toBe(true);
    expect((await bundleArchive(one)).equals(await bundleArchive(bundle()))).toBe(false);
  });

  it('lists its entries in order', async () => {
    await using unpacked = await Unpacked.of(bundle({ files: { b: '', 'a/c': '', a2: '' } }));

    const { stdout } = await run('tar', ['-tf', 'bundle.tar'], { cwd: unpacked.folder });

    expect(stdout.trim().split('\n')).toEqual(['configs/a/c', 'configs/a2', 'configs/b', 'env.sh']);
  });
});

describe('env.sh', () => {
  it.each([
    ['quotes', `it's "fine" '' '\\''`],
    ['a newline at its end', 'line\nline\n\n'],
    [
      'what a shell would run',
      '$(touch planted) `touch planted` ; touch planted\n&& touch planted',
    ],
    ['other control characters', '\u0001\t\r\u001b[31m\u007f'],
    ['nothing', ''],
    ['a backslash at its end', 'C:\\'],
    ['history and globs', '!! * ~ # %'],
  ])('gives a value with %s as it is', async (_what, value) => {
    await using unpacked = await Unpacked.of(bundle({ env: { VALUE: value, NEXT: 'n' } }));

    expect(await unpacked.environment()).toMatchObject({ VALUE: value, NEXT: 'n' });
    expect(await readdir(unpacked.folder)).not.toContain('planted');
  });

  it('gives any values as they are', async () => {
    const value = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', ''));
    await fc.assert(
      fc.asyncProperty(fc.array(value, { maxLength: 20 }), async (values) => {
        const env = Object.fromEntries(values.map((one, index) => [`V_${index}`, one]));

        await using unpacked = await Unpacked.of(bundle({ env }));

        expect(await unpacked.environment()).toMatchObject(env);
      }),
      { numRuns: 20 },
    );
  });
});
