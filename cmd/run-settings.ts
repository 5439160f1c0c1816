import { address, flag, list, oneOf, path, seconds, setting, text, url } from './setting.ts';

/** Settings that several verbs have. */
export const dataDir = setting(
  '--data-dir <dir>',
  'TREELINE_DATA_DIR',
  'data folder (default: .treeline)',
  path,
);
export const databaseUrl = setting(
  '--database-url <url>',
  'DATABASE_URL',
  'PostgreSQL 15 or newer (default: an embedded one in the data folder)',
  url('postgres', 'postgresql'),
);

/** Everything that can be said to `treeline run`; the keys are commander's. */
export const RUN_SETTINGS = {
  directory: setting(
    '--directory <dir>',
    'TREELINE_DIRECTORY',
    'folder of manifests to follow',
    path,
  ),
  dataDir,
  listen: setting(
    '--listen <address>',
    'TREELINE_LISTEN',
    'where the API listens (default: 127.0.0.1:7070)',
    address,
  ),
  databaseUrl,
  installationId: setting(
    '--installation-id <id>',
    'TREELINE_INSTALLATION_ID',
    'id of this installation (default: made once in the data folder)',
    text,
  ),
  garbage: setting(
    '--garbage <mode>',
    'TREELINE_GARBAGE',
    'what becomes of orphans: enforce, report or off',
    oneOf(['enforce', 'report', 'off']),
  ),
  observe: setting('--observe', 'TREELINE_OBSERVE', 'decide and log, change nothing outside', flag),
  logFormat: setting(
    '--log-format <format>',
    'TREELINE_LOG_FORMAT',
    'json or terminal (default: terminal on a terminal)',
    oneOf(['json', 'terminal']),
  ),
  logLevel: setting(
    '--log-level <level>',
    'TREELINE_LOG_LEVEL',
    'debug, info, warn or error (default: info)',
    oneOf(['debug', 'info', 'warn', 'error']),
  ),
  publicUrl: setting(
    '--public-url <url>',
    'TREELINE_PUBLIC_URL',
    'https address under which others reach the API',
    url('https', 'http'),
  ),
  agentNetwork: setting(
    '--agent-network <where>',
    'TREELINE_AGENT_NETWORK',
    'addresses that agents may have: local, private (no loopback) or public (no private networks either) (default: local if the API is on loopback alone, else private)',
    oneOf(['local', 'private', 'public']),
  ),
  tlsCert: setting(
    '--tls-cert <file>',
    'TREELINE_TLS_CERT',
    'certificate chain of the listener (PEM)',
    path,
  ),
  tlsKey: setting(
    '--tls-key <file>',
    'TREELINE_TLS_KEY',
    'private key of the listener (PEM)',
    path,
  ),
  keyFile: setting(
    '--key-file <file>',
    'TREELINE_KEY_FILE',
    'installation key (default: made in the data folder)',
    path,
  ),
  secrets: setting(
    '--secrets <dir>',
    'TREELINE_SECRETS',
    'folder of secrets (default: secrets in the data folder)',
    path,
  ),
  envMutators: setting(
    '--env-mutators <file>',
    'TREELINE_ENV_MUTATORS',
    'commands and modules that add to the env of workspaces (YAML or JSON)',
    path,
  ),
  ec2Regions: setting(
    '--ec2-regions <list>',
    'TREELINE_EC2_REGIONS',
    'regions of EC2 to run instances in, separated by commas (default: none)',
    list(/^[a-z]{2}(-[a-z]+)+-[0-9]$/, 'regions such as eu-central-1, separated by commas'),
  ),
  ec2Endpoint: setting(
    '--ec2-endpoint <url>',
    'TREELINE_EC2_ENDPOINT',
    'speak to this address instead of AWS, for tests',
    url('http', 'https'),
  ),
  ec2ListSeconds: setting(
    '--ec2-list-seconds <n>',
    'TREELINE_EC2_LIST_SECONDS',
    'between two lists of the instances in a region (default: 30)',
    seconds,
  ),
  pollSeconds: setting(
    '--poll-seconds <n>',
    'TREELINE_POLL_SECONDS',
    'between two looks at a backend (default: 2)',
    seconds,
  ),
  rescanSeconds: setting(
    '--rescan-seconds <n>',
    'TREELINE_RESCAN_SECONDS',
    'between two complete readings of the folder (default: 30)',
    seconds,
  ),
  garbageSeconds: setting(
    '--garbage-seconds <n>',
    'TREELINE_GARBAGE_SECONDS',
    'between two looks for orphans (default: 60)',
    seconds,
  ),
  leaseSeconds: setting(
    '--lease-seconds <n>',
    'TREELINE_LEASE_SECONDS',
    'silence after which another takes the lead (default: 15)',
    seconds,
  ),
  leaseRenewSeconds: setting(
    '--lease-renew-seconds <n>',
    'TREELINE_LEASE_RENEW_SECONDS',
    'one try to renew the lead is given up after this long (default: 10)',
    seconds,
  ),
  leaseRetrySeconds: setting(
    '--lease-retry-seconds <n>',
    'TREELINE_LEASE_RETRY_SECONDS',
    'between two tries to take or renew the lead (default: 2)',
    seconds,
  ),
};
