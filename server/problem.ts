import type { ProblemDocument } from './contract.ts';

/** Words of `reason`: part of the API, never changed. */
export type ProblemReason =
  | 'InvalidRequest'
  | 'InvalidDocument'
  | 'Unauthenticated'
  | 'InvalidToken'
  | 'ReadOnlyToken'
  | 'WrongWorkspace'
  | 'StaleAttempt'
  | 'RateLimited'
  | 'InvalidAgentUrl'
  | 'ForeignHost'
  | 'ForeignOrigin'
  | 'NotFound'
  | 'NoSuchRoute'
  | 'NoInstance'
  | 'OwnedBySource'
  | 'ReservedApplySet'
  | 'ConfirmationRequired'
  | 'BeingDeleted'
  | 'InUse'
  | 'Conflict'
  | 'DigestMismatch'
  | 'NothingHeld'
  | 'NotUnclaimed'
  | 'PayloadTooLarge'
  | 'UnsupportedMediaType'
  | 'FollowNotSupported'
  | 'RenderNotSupported'
  | 'ConnectNotSupported'
  | 'NotExternal'
  | 'NotAccepted'
  | 'AwaitingController'
  | 'Paused'
  | 'Hibernated'
  | 'BundleUnavailable'
  | 'NotOnline'
  | 'ExternalAgent'
  | 'AgentBusy'
  | 'NoAddress'
  | 'Waking'
  | 'Draining'
  | 'AgentUnreachable'
  | 'AgentFailed'
  | 'BackendUnavailable'
  | 'TooManyStreams'
  | 'DatabaseUnavailable'
  | 'DatabaseFull'
  | 'InternalError';

/** Further members of a problem document, by reason. */
export type ProblemExtensions = Partial<
  Pick<ProblemDocument, 'problems' | 'set' | 'file' | 'descendants' | 'users'>
>;

export interface ProblemOptions extends ErrorOptions {
  readonly extensions?: ProblemExtensions;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the log has to say it. Default: from status 500 on; not what an agent answers, or that it sleeps. */
  readonly isFault?: boolean;
}

/** An answer that is an error. Thrown by routes; the error handler alone turns it into bytes. */
export class Problem extends Error {
  readonly status: number;
  readonly reason: ProblemReason;
  readonly extensions: ProblemExtensions;
  readonly headers: Readonly<Record<string, string>>;
  readonly isFault: boolean;

  /** `detail` is for people: what is wrong and what to do; never SQL, a stack or a secret. */
  constructor(
    status: number,
    reason: ProblemReason,
    detail: string,
    { extensions = {}, headers = {}, isFault = status >= 500, ...options }: ProblemOptions = {},
  ) {
    super(detail, options);
    this.name = 'Problem';
    this.status = status;
    this.reason = reason;
    this.extensions = extensions;
    this.headers = headers;
    this.isFault = isFault;
  }
}

/** 404 for an object: `workspace default/ada does not exist`. */
export function notFound(what: string): Problem {
  return new Problem(404, 'NotFound', `${what} does not exist`);
}
