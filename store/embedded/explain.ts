import { errorCode } from '../../lib/error-code.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/** Lines of the server's log that go with the error; as many as a terminal shows without scrolling the command away. */
const SHOWN_LOG_LINES = 8;

interface Explanation {
  /** Looked for in what the server and its tools wrote. */
  readonly seen: RegExp;
  readonly problem: string;
  readonly remedy: string;
}

/** The first that matches wins. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    seen: /could not (create|resize|map|open|get) .*shared memory/,
    problem: 'the machine refuses it shared memory',
    remedy: 'raise kernel.shmmni, or give the container a larger /dev/shm',
  },
  {
    seen: /No space left on device|Disk quota exceeded/,
    problem: 'the disk of FOLDER is full',
    remedy: 'free some space and start again (nothing that was stored is lost)',
  },
  {
    seen: /Read-only file system/,
    problem: 'FOLDER is on a read-only file system',
    remedy: 'choose a data folder that can be written',
  },
  {
    seen: /could not look up effective user ID/,
    problem: 'this user id has no line in /etc/passwd, which PostgreSQL needs to make its data',
    remedy: 'add one, or run as another user',
  },
  {
    seen: /initialized by PostgreSQL version (?<theirs>\S+), .* this version (?<ours>[\d.]+)/,
    problem: 'the data in FOLDER was made by PostgreSQL $<theirs>, this is PostgreSQL $<ours>',
    remedy: 'move it over with pg_dump (docs/runbooks/backup-restore-upgrade.md)',
  },
  {
    seen: /cannot open shared object file/,
    problem: 'its libraries are incomplete',
    remedy: 'install again with install scripts allowed (npm ci without --ignore-scripts)',
  },
  {
    seen: /(?<tool>flock|setpriv): (?:failed to execute|not found|(?:unrecognized|invalid) option)/,
    problem: 'the tools flock and setpriv are missing or too old ($<tool>)',
    remedy: 'install util-linux',
  },
  {
    seen: /setpriv: .*(?:Operation not permitted|capabilit)/,
    problem: 'root may not switch to the user the server runs as',
    remedy: 'run as another user than root',
  },
  {
    seen: /has wrong ownership|Permission denied|Operation not permitted/,
    problem: 'the server may not use FOLDER, or the programs it is started from',
    remedy: 'give the folder to the user who runs the controller, or choose another folder',
  },
];

/**
 * Turns what was written before the server ended into an error that says what to do.
 * `log` is the text since the start; `folder` is named in the message.
 */
export function explain(log: string, folder: string, ended: string): EmbeddedPostgresError {
  const lines = log.trimEnd().split('\n').slice(-SHOWN_LOG_LINES).join('\n  ');
  for (const { seen, problem, remedy } of EXPLANATIONS) {
    const match = seen.exec(log);
    if (match !== null) {
      const cause = new Error(lines);
      return new EmbeddedPostgresError(fill(problem, folder, match.groups), remedy, { cause });
    }
  }
  return new EmbeddedPostgresError(
    `the server ${ended}, its last words were\n  ${lines}\n`,
    `look into ${folder}/postgres.log`,
  );
}

/** Messages of the system's errors, by `code`, while the folder is prepared. */
const FOLDER_PROBLEMS: Readonly<Record<string, readonly [problem: string, remedy: string]>> = {
  EACCES: [
    'FOLDER cannot be used by this user',
    'run as the user it belongs to, or choose another data folder',
  ],
  EPERM: [
    'FOLDER cannot be used by this user',
    'run as the user it belongs to, or choose another data folder',
  ],
  EROFS: ['FOLDER is on a read-only file system', 'choose a data folder that can be written'],
  ENOSPC: ['the disk of FOLDER is full', 'free some space'],
  EDQUOT: ['the disk quota for FOLDER is used up', 'free some space'],
  ENOTDIR: ['FOLDER is not a folder', 'choose another data folder'],
  EEXIST: ['FOLDER is not a folder', 'choose another data folder'],
  ENAMETOOLONG: ['the name of FOLDER is too long', 'choose another data folder'],
};

/** The same for an error of the file system; an error that is not known here is returned as it is. */
export function explainFileError(error: unknown, folder: string): unknown {
  const known = FOLDER_PROBLEMS[errorCode(error) ?? ''];
  return known === undefined
    ? error
    : new EmbeddedPostgresError(fill(known[0], folder), known[1], { cause: error });
}

function fill(problem: string, folder: string, groups: Record<string, string> = {}): string {
  return problem
    .replace('FOLDER', () => folder)
    .replace(/\$<(\w+)>/g, (_all, name: string) => groups[name] ?? '');
}
