import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { StartedProcess } from '../../lib/command.ts';
import { startProcess } from '../../lib/command.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import type { ServerFolder } from './server-folder.ts';
import { SOCKET_PORT } from './socket-folder.ts';

/** The name of the database's superuser, and of nothing on the machine. */
export const SERVER_USER = 'treeline';

/** EX_TEMPFAIL of sysexits.h: what flock answers when another process holds the lock, and nothing else here does. */
export const LOCKED_EXIT_CODE = 75;

/**
 * Runs as the server's account, in its folder: $0 pid of the controller, $1 initdb, $2 postgres, $3 socket folder,
 * $4 `durable` or not.
 * The first line ends it when the controller died before the death signal was set. The data are made under another
 * name, so that half of them are never taken for the whole. Whoever is here holds the lock, which every process of a
 * server inherits: a pid file or a socket's lock file that is found here is therefore stale, although the pid in
 * it may be alive again.
 */
const SERVE = `set -e
test "$PPID" = "$0"
sync=; fsync=on
if test "$4" != durable; then sync=--no-sync; fsync=off; fi
if ! test -e data; then
  rm -rf init
  "$1" -D init -U ${SERVER_USER} --pwfile=password --auth=scram-sha-256 --encoding=UTF8 --locale=C $sync
  mv init data
fi
rm -f data/postmaster.pid "$3/.s.PGSQL.${SOCKET_PORT}.lock"
exec "$2" -D data -c listen_addresses= -c port=${SOCKET_PORT} -c "unix_socket_directories=$3" \\
  -c unix_socket_permissions=0700 -c "fsync=$fsync"
`;

/** Run as the account: succeeds when it gets to the folder and the programs. */
const PROBE = 'cd "$0" && test -x "$1" && test -x "$2"';

/**
 * Root's right to pass closed folders, kept by the account: for a data folder or an installation below /root.
 * Without `no_setuid_fixup` access(2), with which the programs look for each other, would not count it.
 */
const KEEP_PASSAGE = [
  '--inh-caps=-all,+dac_override',
  '--ambient-caps=-all,+dac_override',
  '--securebits=+no_setuid_fixup',
];

const ENVIRONMENT = { LC_ALL: 'C' };

export interface ServerProcessOptions {
  readonly folder: ServerFolder;
  readonly binaries: Binaries;
  /** Pid of this process: the server ends when it does. */
  readonly controllerPid: number;
  /** False only in tests: the data need not survive a power failure. */
  readonly isDurable: boolean;
}

/**
 * Starts the server as a child that ends with this process, or answers a process that exits with
 * `LOCKED_EXIT_CODE` at once. Everything it writes is appended to postgres.log.
 * Throws the system's error when util-linux (flock) is missing.
 */
export async function startServerProcess(options: ServerProcessOptions): Promise<StartedProcess> {
  const { folder, binaries, controllerPid, isDurable } = options;
  const { path, socketFolder, account } = folder;
  await using log = await open(join(path, 'postgres.log'), 'a', 0o600);
  const lock = ['--nonblock', '--no-fork', '--conflict-exit-code', `${LOCKED_EXIT_CODE}`, 'lock'];
  const switching = account === undefined ? [] : await toSwitching(account, options, log.fd);
  const serve = ['sh', '-c', SERVE, `${controllerPid}`, binaries.initdb, binaries.postgres];
  return await startProcess({
    command: 'flock',
    // `INT` asks PostgreSQL for its fast shutdown.
    args: [...lock, 'setpriv', ...switching, '--pdeathsig', 'INT', ...serve].concat(
      socketFolder,
      isDurable ? 'durable' : 'fast',
    ),
    cwd: path,
    env: ENVIRONMENT,
    output: log.fd,
  });
}

async function toSwitching(
  account: Account,
  { folder, binaries }: ServerProcessOptions,
  output: number,
): Promise<string[]> {
  const plain = ['--reuid', `${account.uid}`, '--regid', `${account.gid}`, '--clear-groups'];
  const probe = await startProcess({
    command: 'setpriv',
    args: [...plain, 'sh', '-c', PROBE, folder.path, binaries.initdb, binaries.postgres],
    cwd: '/',
    env: ENVIRONMENT,
    output,
  });
  const { code } = await probe.exited;
  return code === 0 ? plain : [...plain, ...KEEP_PASSAGE];
}
