import { DEFAULT_NAMESPACE } from '../api/objects.ts';
import { createAbsentClient } from './absent-client.ts';
import { createClient, type Client } from './client.ts';
import { readClientFile } from './client-file.ts';
import { usageError } from './cli-error.ts';
import type { Context } from './context.ts';
import { parseClientOptions, RUN_DEFAULTS, type ClientOptions } from './options.ts';
import { styleOf, type Style } from './output/style.ts';
import { isFlagSet, textFlag, type Typed } from './verb.ts';

/** What a verb that calls the API works with. */
export interface Session {
  readonly client: Client;
  readonly namespace: string;
  readonly style: Style;
}

/** Throws a usage error when an option is wrong. Nothing is asked of the server yet. */
export async function openSession(context: Context, typed: Typed): Promise<Session> {
  const { env, workingDirectory, signal } = context;
  const options = parseClientOptions({ flags: typed.flags, env, workingDirectory });
  return {
    client: await openClient(options, signal),
    namespace: namespaceOf(typed),
    style: styleOf(context, context.stdout),
  };
}

/** One that refuses every call when the folder that was named knows no controller: what listens elsewhere is not meant. */
async function openClient(options: ClientOptions, signal: AbortSignal): Promise<Client> {
  const { dataDir, server, isDataDirGiven } = options;
  const isMissing =
    isDataDirGiven === true &&
    server === undefined &&
    (await readClientFile(dataDir)) === undefined;
  return isMissing
    ? createAbsentClient(dataDir)
    : createClient({ ...(await findServer(options)), signal });
}

/** Flag or environment, else what `run` wrote into the data folder, else where `run` listens by default. */
export async function findServer({
  dataDir,
  server,
  token,
}: ClientOptions): Promise<{ server: string; token?: string }> {
  const given = token === undefined ? {} : { token };
  if (server !== undefined) {
    // The token of the file belongs to the server of the file: nobody else may see it.
    return { server, ...given };
  }
  const { host, port } = RUN_DEFAULTS.listen;
  const file = (await readClientFile(dataDir)) ?? { server: `http://${host}:${port}` };
  return { ...file, server: file.server.replace(/\/$/, ''), ...given };
}

/** Throws a usage error for an empty one, and for `-n` together with `-A`. */
function namespaceOf(typed: Typed): string {
  const namespace = textFlag(typed, 'namespace');
  if (namespace !== undefined && isFlagSet(typed, 'allNamespaces')) {
    throw usageError('-n and -A contradict each other: give one of them');
  }
  if (namespace === '') {
    throw usageError('--namespace must not be empty');
  }
  return namespace ?? DEFAULT_NAMESPACE;
}
