import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { sha256Hex } from '../../lib/hash.ts';
import { systemClock } from '../../lib/clock.ts';
import { postJson } from '../../lib/post-json.ts';
import type { Manager } from '../../runtime/manager.ts';
import { isLoopback } from '../../server/listen-safety.ts';
import type { ServerOptions } from '../../server/options.ts';
import { createServer } from '../../server/server.ts';
import {
  API_TOKEN_BYTES,
  createApiToken,
  findApiTokenByHash,
  revokeApiTokensNamed,
  toApiToken,
} from '../../store/api-tokens.ts';
import { inTransaction } from '../../store/db.ts';
import { CliError } from '../cli-error.ts';
import { readClientFile, writeClientFile } from '../client-file.ts';
import { agentApiOptions } from './agent-api.ts';
import { agentConnecting } from './agent-connecting.ts';
import { describeBackends } from './describe-backends.ts';
import { ELECTION_LOOP } from './election.ts';
import type { Leader } from './leader.ts';
import type { Parts } from './parts.ts';
import { followLog, readLog } from './logs.ts';
import { renderWorkspace } from './render-workspace.ts';
import type { RunOptions } from '../options.ts';
import { packageVersion } from '../package-version.ts';

export interface ApiOptions extends Parts {
  readonly manager: Manager;
  /** undefined while another process leads. */
  readonly leader: () => Leader | undefined;
}

/** The HTTP API while it listens. */
export interface Api {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens, and tells the verbs of the CLI where in `client.json`. Throws `CliError` when the address is taken. */
export async function startApi(parts: ApiOptions): Promise<Api> {
  const { options, database, log } = parts;
  const { host, port } = options.listen;
  const allowWithoutToken = database.isEmbedded && isLoopback(host);
  const tls = await readTls(options);
  const server = createServer({
    ...serverOptions(parts),
    allowWithoutToken,
    listen: {
      host,
      port,
      ...(tls !== undefined && { tls }),
      ...(options.publicUrl !== undefined && { publicUrl: options.publicUrl }),
    },
  });
  const url = await server.listen({ host, port }).catch((error: unknown) => {
    throw explainListenError(error as NodeJS.ErrnoException, `${host}:${port}`);
  });
  const token = allowWithoutToken ? undefined : await localToken(parts);
  await writeClientFile(options.dataDir, {
    server: options.publicUrl ?? url,
    ...(token !== undefined && { token }),
  });
  log.info({ url }, 'API listens');
  return { url, close: () => server.close() };
}

/** All that does not depend on where the server listens. */
function serverOptions(parts: ApiOptions): Omit<ServerOptions, 'allowWithoutToken' | 'listen'> {
  const { database, backends, installation, log, metrics } = parts;
  const reader = { db: database.db, backends, clock: systemClock };
  return {
    db: database.db,
    installationId: installation.id,
    authentication: 'tokens',
    info: { version: packageVersion() },
    clock: systemClock,
    randomBytes,
    log,
    readLog: (uid, tail) => readLog(reader, uid, tail),
    followLog: (uid, tail, signal) => followLog(reader, { uid, tail, signal }),
    renderWorkspace: (namespace, name) => renderWorkspace(parts, namespace, name),
    connecting: agentConnecting(parts.provisioning),
    sendMessage: ({ url, addresses }, message) => postJson(url, message, { addresses }),
    listBackends: () =>
      describeBackends({
        ...{ backends, fleet: parts.leader()?.fleet },
        ec2Endpoint: parts.options.ec2Endpoint,
      }),
    agents: agentApiOptions(parts),
    readiness: () => readiness(parts),
    metricsText: () => metrics.text(),
  };
}

function explainListenError(error: NodeJS.ErrnoException, address: string): CliError {
  switch (error.code) {
    case 'EADDRINUSE':
      return new CliError(
        `listening on ${address}: somebody else listens there: choose another address with --listen or TREELINE_LISTEN`,
      );
    case 'EACCES':
    case 'EADDRNOTAVAIL':
      return new CliError(
        `listening on ${address}: ${error.message}: choose another address with --listen`,
      );
    default:
      return new CliError(`listening on ${address}: ${error.message}`);
  }
}

async function readTls({ tls }: RunOptions) {
  if (tls === undefined) {
    return undefined;
  }
  const [cert, key] = await Promise.all([
    readFile(tls.certFile, 'utf8'),
    readFile(tls.keyFile, 'utf8'),
  ]);
  return { cert, key };
}

/**
 * A token for the verbs that use this data folder: the one in `client.json` as long as the database knows it, else a new
 * one in place of those that this folder had before. None at the database of another installation.
 */
async function localToken({
  options,
  database,
  installation,
}: ApiOptions): Promise<string | undefined> {
  const { db } = database;
  const stored = (await readClientFile(options.dataDir).catch(() => undefined))?.token;
  if (stored !== undefined && (await findApiTokenByHash(db, sha256Hex(stored))) !== undefined) {
    return stored;
  }
  if (installation.mismatch !== undefined) {
    return undefined;
  }
  const token = toApiToken(randomBytes(API_TOKEN_BYTES));
  const name = `local ${hostname()}:${resolve(options.dataDir)}`;
  await inTransaction(db, async (tx) => {
    await revokeApiTokensNamed(tx, name);
    await createApiToken(tx, { id: randomUUID(), name, token, readOnly: false });
  });
  return token;
}

/** A follower is ready: it answers, and takes over when it must. */
function readiness({ manager, installation }: ApiOptions) {
  const problems = [
    ...manager
      .staleLoops()
      .map((name) =>
        name === ELECTION_LOOP
          ? 'the database does not answer'
          : `loop ${name} has not been well for too long`,
      ),
    ...(installation.mismatch === undefined ? [] : [installation.mismatch]),
  ];
  return { ready: problems.length === 0, problems };
}
