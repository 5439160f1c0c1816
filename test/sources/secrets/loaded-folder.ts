import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../../lib/clock.ts';
import { InstallationKey } from '../../../lib/installation-key.ts';
import {
  SecretsFolder,
  type SecretsFolderOptions,
} from '../../../sources/secrets/secrets-folder.ts';
import { TemporaryFolder } from '../directory/temporary-folder.ts';

export const KEY = new InstallationKey(Buffer.alloc(32, 1), randomBytes);
/** Shows up wherever a value gets out. */
export const PLANTED = 'planted-value-7c1f';

/** A secrets folder on disk, and what is read of it; time is real. */
export class LoadedFolder implements AsyncDisposable {
  readonly folder: TemporaryFolder;
  readonly secrets: SecretsFolder;
  readonly changes: (readonly string[] | 'all')[] = [];

  private constructor(folder: TemporaryFolder, options: Partial<SecretsFolderOptions>) {
    this.folder = folder;
    this.secrets = new SecretsFolder({
      folder: folder.path,
      key: KEY,
      clock: systemClock,
      onChange: (namespaces) => {
        this.changes.push(namespaces);
      },
      log: { warn: () => undefined },
      ...options,
    });
  }

  static async create(
    files: Readonly<Record<string, string | Uint8Array>>,
    options: Partial<SecretsFolderOptions> = {},
  ): Promise<LoadedFolder> {
    const loaded = new LoadedFolder(await TemporaryFolder.create(), options);
    await loaded.write(files);
    await loaded.secrets.load();
    return loaded;
  }

  async write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      await this.folder.write(path, content);
    }
  }

  /** The values, or the problem as a text. */
  find(namespace: string, name: string): Readonly<Record<string, string>> | string {
    const found = this.secrets.snapshot().find(namespace, name);
    return found.kind === 'found' ? { ...found.values } : found.message;
  }

  global(namespace: string): Readonly<Record<string, string>> | string {
    const found = this.secrets.snapshot().global(namespace);
    return found.kind === 'found' ? { ...found.values } : found.message;
  }

  revision(namespace: string): string {
    return this.secrets.snapshot().revision(namespace);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.folder[Symbol.asyncDispose]();
  }
}

/** Writes a secret as the kubelet mounts it: all keys at once behind the link `..data`. */
export async function mount(
  folder: string,
  version: string,
  keys: Readonly<Record<string, string>>,
): Promise<void> {
  const name = `..2026_01_01_00_00_00.${version}`;
  await mkdir(join(folder, name), { recursive: true });
  for (const [key, value] of Object.entries(keys)) {
    await writeFile(join(folder, name, key), value);
    await symlink(`..data/${key}`, join(folder, key)).catch(() => undefined);
  }
  await symlink(name, join(folder, '..data_tmp'));
  await rename(join(folder, '..data_tmp'), join(folder, '..data'));
}

/** What the kubelet removes after a swap. */
export async function removeVersion(folder: string, version: string): Promise<void> {
  await rm(join(folder, `..2026_01_01_00_00_00.${version}`), { recursive: true });
}
