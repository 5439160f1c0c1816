import { isLoopback } from '../server/listen-safety.ts';
import type { AgentNetwork } from '../server/registry/address-ranges.ts';
import { join } from 'node:path';
import { usageErrors } from './cli-error.ts';
import { dataDir, databaseUrl, RUN_SETTINGS } from './run-settings.ts';
import {
  path,
  readSettings,
  setting,
  token,
  url,
  type Address,
  type Environment,
  type Said,
} from './setting.ts';

/** Everything `treeline run` can be told. Frozen; paths are absolute. */
export interface RunOptions {
  /** Folder of manifests; none: only the API declares. */
  readonly directory?: string;
  readonly dataDir: string;
  readonly listen: Address;
  /** None: the embedded PostgreSQL in the data folder. */
  readonly databaseUrl?: string;
  readonly installationId?: string;
  /** None: a new installation with a database of its own reports for a day, the embedded default enforces (design §7). */
  readonly garbage?: 'enforce' | 'report' | 'off';
  /** Decide and log, change nothing outside. */
  readonly observe: boolean;
  readonly logFormat: 'json' | 'terminal';
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** What agents and people call this installation by, when it is not the listener. */
  readonly publicUrl?: string;
  /** Where agents may listen; none: `local` for a controller on loopback alone, else `private`. */
  readonly agentNetwork?: AgentNetwork;
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  /** The installation key; none: made in the data folder. */
  readonly keyFile?: string;
  /** Folder of secrets; the default one need not exist. */
  readonly secrets: string;
  /** List of env mutators; none: nothing is added. */
  readonly envMutators?: string;
  /** Regions of EC2 to run instances in; none: no ec2 backend. */
  readonly ec2Regions: readonly string[];
  /** Instead of AWS, for tests. */
  readonly ec2Endpoint?: string;
  /** Between two complete lists of one region of EC2. */
  readonly ec2ListSeconds: number;
  /** Between two complete lists of one backend. */
  readonly pollSeconds: number;
  /** Between two complete readings of the manifest folder. */
  readonly rescanSeconds: number;
  /** Between two passes of garbage collection. */
  readonly garbageSeconds: number;
  /** How long a leader may stay silent before another takes over. */
  readonly leaseSeconds: number;
  /** After this long without an answer of the database a controller is not ready. */
  readonly leaseRenewSeconds: number;
  /** Between two tries to take or renew the lease. */
  readonly leaseRetrySeconds: number;
}

/** What is meant when neither a flag nor the environment says otherwise. */
export const RUN_DEFAULTS = {
  dataDir: '.treeline',
  listen: { host: '127.0.0.1', port: 7070 },
  observe: false,
  logLevel: 'info',
  ec2Regions: [],
  // ec2.md, "Lanes": 10 calls a minute for 5,000 instances.
  ec2ListSeconds: 30,
  // A list of the process backend costs milliseconds; the pages behind it see a change within two seconds.
  pollSeconds: 2,
  // Design §11: the watch is a hint, this is the truth.
  rescanSeconds: 30,
  // lessons.md, 2.3: the predecessor's orphan pass.
  garbageSeconds: 60,
  // 15/10/2: the numbers of client-go's leader election (design §12).
  leaseSeconds: 15,
  leaseRenewSeconds: 10,
  leaseRetrySeconds: 2,
} as const satisfies Partial<RunOptions>;

/**
 * What `treeline run` is to do. `isTerminal` decides the default log format.
 * Throws a usage error that lists every problem.
 */
export function parseRunOptions(said: Said, isTerminal: boolean): RunOptions {
  const { values, problems } = readSettings(RUN_SETTINGS, said);
  const { tlsCert, tlsKey, ...rest } = values;
  const dataFolder = rest.dataDir ?? path(RUN_DEFAULTS.dataDir, said.workingDirectory);
  const options: RunOptions = {
    ...RUN_DEFAULTS,
    logFormat: isTerminal ? 'terminal' : 'json',
    ...rest,
    dataDir: dataFolder,
    secrets: rest.secrets ?? defaultSecrets(dataFolder),
    ...(tlsCert !== undefined && tlsKey !== undefined
      ? { tls: { certFile: tlsCert, keyFile: tlsKey } }
      : {}),
  };
  const all = [...problems, ...contradictions(options, (tlsCert ?? tlsKey) !== undefined)];
  if (all.length > 0) {
    throw usageErrors(all);
  }
  return Object.freeze(options);
}

/** Where secrets lie when nobody says otherwise. */
export function defaultSecrets(dataFolder: string): string {
  return join(dataFolder, 'secrets');
}

function contradictions(options: RunOptions, someTls: boolean): readonly string[] {
  const { listen, publicUrl, tls, leaseSeconds, leaseRenewSeconds, leaseRetrySeconds } = options;
  const isSafe =
    isLoopback(listen.host) || tls !== undefined || publicUrl?.startsWith('https:') === true;
  return [
    ...(someTls && tls === undefined ? ['--tls-cert and --tls-key: give both or none'] : []),
    // Tokens and secrets would travel in the clear (design §10).
    ...(isSafe
      ? []
      : [
          `--listen ${listen.host} is reachable from outside: give --tls-cert and --tls-key, or an https --public-url`,
        ]),
    ...(leaseSeconds > leaseRenewSeconds && leaseRenewSeconds > leaseRetrySeconds
      ? []
      : [
          '--lease-seconds must be above --lease-renew-seconds, and that above --lease-retry-seconds',
        ]),
  ];
}

/** How a command finds the API, or the database. */
export interface ClientOptions {
  readonly dataDir: string;
  /** Somebody named the data folder, so only a controller of that folder is meant. */
  readonly isDataDirGiven?: boolean;
  readonly server?: string;
  readonly token?: string;
}

const CLIENT_SETTINGS = {
  dataDir,
  server: setting(
    '--server <url>',
    'TREELINE_SERVER',
    'address of the API (default: what `treeline run` wrote into the data folder)',
    url('http', 'https'),
  ),
  token: setting('--token <token>', 'TREELINE_TOKEN', 'token of the API', token),
};

/** Flags that every command which calls the API has. */
export const CLIENT_FLAGS = Object.values(CLIENT_SETTINGS);

/** Throws a usage error that lists every problem. */
export function parseClientOptions(said: Said): ClientOptions {
  const isDataDirGiven = readSettings({ dataDir }, said).values.dataDir !== undefined;
  return Object.freeze({ ...parse(CLIENT_SETTINGS, said), isDataDirGiven });
}

export interface DatabaseOptions {
  readonly dataDir: string;
  readonly databaseUrl?: string;
}

const DATABASE_SETTINGS = { dataDir, databaseUrl };
/** For commands that open the database themselves. Throws a usage error that lists every problem. */
export function parseDatabaseOptions(said: Said): DatabaseOptions {
  return parse(DATABASE_SETTINGS, said);
}

function parse<S extends typeof CLIENT_SETTINGS | typeof DATABASE_SETTINGS>(
  settings: S,
  said: Said,
) {
  const { values, problems } = readSettings(settings, said);
  if (problems.length > 0) {
    throw usageErrors(problems);
  }
  const dataDirectory = values.dataDir ?? path(RUN_DEFAULTS.dataDir, said.workingDirectory);
  return Object.freeze({ ...values, dataDir: dataDirectory });
}

/** The one place where argv and the environment of the process are read. */
export function readProcess(process: NodeJS.Process): {
  readonly arguments: readonly string[];
  readonly env: Environment;
} {
  return { arguments: process.argv.slice(2), env: process.env };
}
