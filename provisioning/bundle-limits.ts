import { FILE_PATH_PATTERN, FILE_PATH_WORDS } from '../api/workspace-content.ts';
import { CREDENTIAL_FILES } from './credentials.ts';

/** One file at its place in the bundle. */
export interface Placed {
  readonly path: string;
  readonly text: string;
  /** Who declared it, in words; undefined for those that Treeline generates. */
  readonly origin: string | undefined;
}

/** As many as the predecessor took in one upload (lessons.md, 2.3); generated ones do not count. */
const MAX_FILES = 200;
/** One file. Prompts and scripts are kilobytes; a database row and an answer of the API hold them whole. */
const MAX_FILE_BYTES = 1024 * 1024;
/** All files together: 4 MiB of folders each from template, org and workspace are too many to be text for an agent. */
const MAX_BUNDLE_BYTES = 10 * 1024 * 1024;
/** What file systems take as one name (NAME_MAX of Linux). */
const MAX_SEGMENT_BYTES = 255;

const FILE_PATH = new RegExp(FILE_PATH_PATTERN);

/** Why these files, one per path, cannot be delivered; [] when they can. Names paths, never content. */
export function findFileProblems(files: readonly Placed[]): string[] {
  const sizes = files.map(({ text }) => Buffer.byteLength(text));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const declared = files.filter(({ origin }) => origin !== undefined).length;
  return [
    ...files.flatMap((file) => describe(file, whyNotThere(file))),
    ...findFilesAsFolders(files),
    ...files.flatMap((file, index) => describe(file, whyTooBig(sizes[index] ?? 0))),
    ...(declared > MAX_FILES ? [`${declared} files, at most ${MAX_FILES} are delivered`] : []),
    ...(bytes > MAX_BUNDLE_BYTES
      ? [`${bytes} bytes of files, at most ${MAX_BUNDLE_BYTES} are delivered`]
      : []),
  ];
}

function whyNotThere({ path, origin }: Placed): string | undefined {
  if (!FILE_PATH.test(path)) {
    return FILE_PATH_WORDS;
  }
  // Some file systems do not tell .Auth_Token from .auth_token.
  const segments = path.split('/');
  if (origin !== undefined && CREDENTIAL_FILES.includes(segments[0]?.toLowerCase() ?? '')) {
    return 'is the place of a file that Treeline puts there itself';
  }
  return segments.some((segment) => Buffer.byteLength(segment) > MAX_SEGMENT_BYTES)
    ? `has a name of more than ${MAX_SEGMENT_BYTES} bytes`
    : undefined;
}

function whyTooBig(bytes: number): string | undefined {
  return bytes > MAX_FILE_BYTES ? `has ${bytes} bytes, at most ${MAX_FILE_BYTES}` : undefined;
}

/** `a` and `a/b` cannot both be files. */
function findFilesAsFolders(files: readonly Placed[]): string[] {
  const paths = new Set(files.map(({ path }) => path));
  return files.flatMap((file) => {
    const folder = foldersOf(file.path).find((one) => paths.has(one));
    return folder === undefined
      ? []
      : describe(file, `needs a folder where ${JSON.stringify(folder)} is a file`);
  });
}

function foldersOf(path: string): string[] {
  const segments = path.split('/');
  return segments.slice(1).map((_segment, index) => segments.slice(0, index + 1).join('/'));
}

function describe({ path, origin }: Placed, problem: string | undefined): string[] {
  const place = origin === undefined ? 'generated file' : `file of ${origin}`;
  return problem === undefined ? [] : [`${place}: ${JSON.stringify(path)} ${problem}`];
}
