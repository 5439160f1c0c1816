import type { Command } from 'commander';

/** `-f`, of every verb that reads manifests. */
export function withFileFlag(command: Command): Command {
  return command.option(
    '-f, --filename <path>',
    'file, folder (recursively) or - for stdin; may be repeated',
    (path: string, paths: readonly string[] | undefined) => [...(paths ?? []), path],
  );
}
