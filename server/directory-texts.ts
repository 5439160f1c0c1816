import type { Declaration } from '../api/objects.ts';
import type { RequestProblem } from './contract.ts';

/** Text of folders: folder as written, relative path, content. */
export type Directories = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What is wrong with the folders that came with a declaration: text that was not sent, paths that lead elsewhere. */
export function directoryProblems({
  kind,
  spec,
  directories = {},
}: Pick<Declaration, 'kind' | 'spec' | 'directories'>): readonly RequestProblem[] {
  const files = kind === 'Workspace' && 'files' in spec ? (spec.files ?? []) : [];
  const missing = files.flatMap(({ directory }, index) =>
    directory === undefined || Object.hasOwn(directories, directory)
      ? []
      : [
          {
            path: `spec.files[${index}].directory`,
            message: 'the text of this folder was not sent',
          },
        ],
  );
  const unsafe = Object.entries(directories).flatMap(([directory, texts]) =>
    Object.keys(texts)
      .filter((path) => !isSafePath(path))
      .map((path) => ({
        path: `directories["${directory}"]`,
        message: `must be a relative path without "." and ".." (got ${JSON.stringify(path)})`,
      })),
  );
  return [...missing, ...unsafe];
}

/** The same as for `spec.files[].inline`: these become files of an agent. */
function isSafePath(path: string): boolean {
  return (
    path.length <= 1024 &&
    !/[\\\u0000-\u001f]/.test(path) &&
    path.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..')
  );
}
