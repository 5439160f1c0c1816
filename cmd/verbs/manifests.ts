import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { MAX_FILE_BYTES } from '../../api/manifests/decode.ts';
import { describeDeclaration, type Declaration } from '../../api/objects.ts';
import { ManifestFiles } from '../../sources/directory/manifest-files.ts';
import { parseManifest } from '../../sources/directory/parse-manifest.ts';
import { readManifestFile } from '../../sources/directory/read-manifest-file.ts';
import { readNamedFolders } from '../../sources/directory/read-named-folders.ts';
import { resolveDeclarations } from '../../sources/directory/resolve-declarations.ts';
import { usageError, usageErrors } from '../cli-error.ts';
import type { Context } from '../context.ts';

/** What one `-f` gave. */
interface Reading {
  readonly declarations: readonly Declaration[];
  readonly problems: readonly string[];
}

/** The name of what comes in on stdin, in messages. */
const STDIN = 'stdin';

/** Nobody watches these folders. */
const onFolder = (): void => undefined;

/**
 * Everything that files, folders and `-` (stdin) declare, with the text of the content folders they name. Read as
 * the directory source reads them. Throws a usage error with every problem of every file, and when there is nothing.
 */
export async function readDeclarations(
  context: Context,
  paths: readonly string[],
): Promise<readonly Declaration[]> {
  if (paths.length === 0) {
    throw usageError('name a file, a folder or - with -f');
  }
  const readings: Reading[] = [];
  for (const path of paths) {
    readings.push(await read(context, path));
  }
  const declarations = readings.flatMap((reading) => reading.declarations);
  const problems = [...readings.flatMap((reading) => reading.problems)];
  // What one file says twice the file's own reading has found.
  problems.push(...(problems.length === 0 ? findRepeated(declarations) : []));
  if (problems.length > 0) {
    throw usageErrors(problems);
  }
  if (declarations.length === 0) {
    throw usageError(`nothing is declared in ${paths.join(', ')}`);
  }
  return declarations;
}

async function read(context: Context, path: string): Promise<Reading> {
  if (path === '-') {
    return readStdin(context);
  }
  const absolute = resolve(context.workingDirectory, path);
  const found = await stat(absolute).catch(() => undefined);
  if (found === undefined) {
    return { declarations: [], problems: [`${path}: no such file or folder`] };
  }
  return found.isDirectory()
    ? readFolder(context, path, absolute)
    : readFile(context, path, absolute);
}

async function readStdin(context: Context): Promise<Reading> {
  const bytes = await readAtMost(context, MAX_FILE_BYTES);
  if (bytes === undefined) {
    const problem = `${STDIN}: too big: at most ${MAX_FILE_BYTES} bytes are read`;
    return { declarations: [], problems: [problem] };
  }
  const parsed = parseManifest(STDIN, bytes, undefined);
  const root = await realpath(context.workingDirectory);
  const folders = await readNamedFolders(STDIN, parsed.documents, { root, onFolder });
  return {
    declarations: folders.declarations,
    problems: [...parsed.problems, ...folders.problems],
  };
}

/** Undefined when there is more. Ctrl-C ends the reading, too. */
async function readAtMost({ stdin, signal }: Context, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of addAbortSignal(signal, stdin)) {
    const bytes = Buffer.from(chunk as Uint8Array);
    length += bytes.length;
    if (length > limit) {
      return undefined;
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** The folder of the file is the one that nothing may leave. */
async function readFile({ clock }: Context, path: string, absolute: string): Promise<Reading> {
  const realPath = await realpath(absolute);
  const file = await readManifestFile({ path: basename(realPath), realPath }, undefined, {
    root: dirname(realPath),
    nowMs: clock.now().getTime(),
    onFolder,
  });
  return { declarations: file.declarations, problems: inFolder(dirname(path), file.problems) };
}

async function readFolder({ clock }: Context, path: string, absolute: string): Promise<Reading> {
  const manifests = new ManifestFiles({
    folder: absolute,
    nowMs: () => clock.now().getTime(),
    onFolder,
  });
  const { doubt } = await manifests.rescan();
  const { declared, problems } = resolveDeclarations(manifests.files.values(), new Map());
  const all = inFolder(path, [...manifests.problems, ...problems]);
  return {
    declarations: [...declared.values()],
    // A checkout that is half done declares half of what is meant.
    problems: all.length === 0 && doubt !== undefined ? [`${path}: ${doubt}: try again`] : all,
  };
}

/** Problems begin with the file as seen from its folder; people want it as seen from where they stand. */
function inFolder(folder: string, problems: readonly string[]): string[] {
  return problems.map((problem) => (folder === '.' ? problem : join(folder, problem)));
}

function findRepeated(declarations: readonly Declaration[]): string[] {
  const first = new Map<string, Declaration>();
  return declarations.flatMap((declaration) => {
    const key = describeDeclaration(declaration);
    const earlier = first.get(key);
    first.set(key, earlier ?? declaration);
    return earlier === undefined
      ? []
      : [
          `${declaration.origin ?? key}: ${key} is already declared at ${earlier.origin ?? 'another place'}`,
        ];
  });
}
