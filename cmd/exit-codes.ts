/** What `treeline` tells the shell; docs/exit-codes.md is the same list for people. */
export const EXIT = {
  ok: 0,
  /** Something failed, or `diff` found differences. */
  failure: 1,
  /** The command line or the environment is wrong; nothing was asked of anybody. */
  usage: 2,
  notFound: 3,
  /** Refused: owned by a source, a conflict, or a confirmation is missing. */
  refused: 4,
  noServer: 5,
  timedOut: 6,
  /** 128 + SIGINT, as shells report it. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The list shown by `treeline --help`. */
export const EXIT_CODE_HELP = `
Exit codes:
  0    done
  1    failed (diff: there are differences)
  2    wrong usage
  3    not found
  4    refused: owned by a source, a conflict, or not confirmed
  5    no controller answers
  6    timed out while waiting
  130  interrupted`;
