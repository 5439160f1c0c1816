import type { ProblemDocument } from '../server/contract.ts';
import { CliError } from './cli-error.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** The API answered with an error; `problem` is its document. */
export class ApiError extends CliError {
  readonly problem: ProblemDocument;

  constructor(problem: ProblemDocument) {
    super(explain(problem), exitCodeOf(problem));
    this.name = 'ApiError';
    this.problem = problem;
  }
}

const EXIT_CODE_BY_STATUS: Readonly<Record<number, ExitCode>> = {
  401: EXIT.refused,
  403: EXIT.refused,
  404: EXIT.notFound,
  409: EXIT.refused,
  412: EXIT.refused,
  428: EXIT.refused,
};

function exitCodeOf({ status }: ProblemDocument): ExitCode {
  return EXIT_CODE_BY_STATUS[status] ?? EXIT.failure;
}

const WHAT_TO_DO: Readonly<Record<string, string>> = {
  Unauthenticated: 'give --token or set TREELINE_TOKEN (`treeline token create` makes one)',
  InvalidToken: 'give another --token or TREELINE_TOKEN (`treeline token create` makes one)',
  ReadOnlyToken: 'this token may only read: give another one with --token or TREELINE_TOKEN',
  Waking: '--wait does that',
  NotAccepted: '`treeline describe NAME` says more',
  AwaitingController: 'try again, or see `treeline doctor`',
  NotOnline: '`treeline describe NAME` says why',
  DatabaseUnavailable: '`treeline doctor` says more',
};

function explain({ detail, reason, problems = [], users = [] }: ProblemDocument): string {
  const todo = WHAT_TO_DO[reason];
  const sentence = detail.charAt(0).toLowerCase() + detail.slice(1);
  return [
    todo === undefined ? sentence : `${sentence}: ${todo}`,
    ...problems.map(({ document, object, path, message }) => {
      const where = object ?? (document === undefined ? undefined : `document ${document + 1}`);
      return `  ${[where, path, message].filter((part) => part !== undefined && part !== '').join(': ')}`;
    }),
    ...users.map(({ kind, namespace, name }) => `  ${kind} ${namespace}/${name}`),
  ].join('\n');
}

/** `workspace default/ada is declared in manifests/x.yaml:12 (set "directory"): edit that file instead`. */
export function ownedBySource(
  object: string,
  owner: Pick<ProblemDocument, 'set' | 'file'>,
): CliError {
  const set = `(set "${owner.set ?? '?'}")`;
  return new CliError(
    owner.file === undefined
      ? `${object} is declared by another source ${set}: change it there instead`
      : `${object} is declared in ${owner.file} ${set}: edit that file instead`,
    EXIT.refused,
    { cause: owner },
  );
}

/** Codes of Node's TLS for a certificate that it does not accept. */
const CERTIFICATE_CODE = /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/;

/** No listener, no answer in time, or one that cannot be trusted. */
export function noServer(server: string, error?: unknown): CliError {
  const code = String((error as NodeJS.ErrnoException | undefined)?.code);
  return new CliError(
    CERTIFICATE_CODE.test(code)
      ? `the certificate of ${server} is not accepted (${code}): give Node its CA with NODE_EXTRA_CA_CERTS`
      : `no controller answers at ${server}: start one with \`treeline run\` or set --server`,
    EXIT.noServer,
    { cause: error },
  );
}
