import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder of its own for one test, removed at the end of its scope. */
export class TemporaryFolder implements AsyncDisposable {
  readonly #parent: string;
  readonly path: string;

  private constructor(parent: string) {
    this.#parent = parent;
    this.path = join(parent, 'folder');
  }

  static async create(): Promise<TemporaryFolder> {
    const parent = await realpath(await mkdtemp(join(tmpdir(), 'treeline-folder-')));
    const folder = new TemporaryFolder(parent);
    await mkdir(folder.path);
    return folder;
  }

  /** Absolute path of a file in the folder. */
  at(path: string): string {
    return join(this.path, path);
  }

  /** Absolute path beside the folder. */
  beside(path: string): string {
    return join(this.#parent, path);
  }

  async write(path: string, content: string | Uint8Array): Promise<void> {
    await mkdir(dirname(this.at(path)), { recursive: true });
    await writeFile(this.at(path), content);
  }

  async remove(path: string): Promise<void> {
    await rm(this.at(path), { recursive: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#parent, { recursive: true, force: true });
  }
}

/** The YAML of workspaces, one document each. */
export function workspaceYaml(...names: readonly string[]): string {
  return names
    .map((name) =>
      [
        'apiVersion: treeline.dev/v1alpha1',
        'kind: Workspace',
        'metadata:',
        `  name: ${name}`,
        'spec:',
        '  role: sample',
        '',
      ].join('\n'),
    )
    .join('---\n');
}
