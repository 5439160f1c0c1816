import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import type { AgentBundle } from '../../api/agent-messages.ts';

/** Content type of `bundleArchive`, and what a client accepts who wants one. */
export const TAR = 'application/x-tar';

/** What every entry says beside its name and size, so that equal bundles are equal bytes. */
const HEADER = { mode: 0o600, mtime: new Date(0) };
/** Where the files are; beside it stands `env.sh`. */
const FILES_FOLDER = 'configs/';

/**
 * A bundle for a boot script, as a tar (POSIX pax): its files below `configs/`, and `env.sh`, which a shell reads with `.`. Entries are
 * sorted; equal bundles give equal bytes. Paths and names are as the pipeline has checked them. Holds secrets.
 */
export async function bundleArchive({ env, files }: AgentBundle): Promise<Buffer> {
  const entries = [
    ...Object.entries(files).map(([path, text]) => [FILES_FOLDER + path, text] as const),
    ['env.sh', renderEnv(env)] as const,
  ];
  const archive = pack();
  for (const [name, text] of sorted(entries)) {
    archive.entry({ ...HEADER, name }, text);
  }
  archive.finalize();
  return await buffer(archive);
}

/** One line a variable. Within single quotes a shell takes everything as it is, but for the quote itself. */
function renderEnv(env: AgentBundle['env']): string {
  return sorted(Object.entries(env))
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", String.raw`'\''`)}'\n`)
    .join('');
}

function sorted<T extends readonly [string, string]>(entries: readonly T[]): readonly T[] {
  return entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
}
