import { errorCode } from '../../lib/error-code.ts';
import {
  BackendUnavailableError,
  ConflictError,
  InsufficientCapacityError,
  NotFoundError,
  PreparationError,
  QuotaExceededError,
  ReconcileError,
  TerminalError,
  ThrottledError,
  UnauthorizedError,
  UnknownOutcomeError,
} from '../../lib/errors.ts';
import { THROTTLED_SECONDS } from './limits.ts';

type Make = (message: string, cause: unknown) => ReconcileError;

const throttled: Make = (message, cause) =>
  new ThrottledError(message, THROTTLED_SECONDS, { cause });
const full: Make = (message, cause) => new InsufficientCapacityError(message, { cause });
const overQuota: Make = (message, cause) =>
  new QuotaExceededError(message, { reason: 'VcpuLimitExceeded', cause });
const unauthorized: Make = (message, cause) => new UnauthorizedError(message, { cause });
const missing: Make = (message, cause) => new NotFoundError(message, { cause });
const busy: Make = (message, cause) => new ConflictError(message, { cause });
const unavailable: Make = (message, cause) => new BackendUnavailableError(message, { cause });
const refused =
  (reason: string): Make =>
  (message, cause) =>
    new TerminalError(message, { reason, cause });
const invalid = refused('InvalidLaunchParameters');

/** Codes of a signature that nobody accepts: the name of the credentials is wrong, or their time is over. Nothing was done. */
export const BAD_CREDENTIALS: readonly string[] = [
  'AuthFailure',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
];

/** The codes that we act on (EC2 API Reference, "Error codes"; SSM's where they differ). All others: outcome unknown. */
const ERROR_BY_CODE: Readonly<Record<string, Make>> = {
  RequestLimitExceeded: throttled,
  Throttling: throttled,
  ThrottlingException: throttled,
  EC2ThrottledException: throttled,
  // Refusals by their code, although some are sent as a 5xx: nothing was launched.
  InsufficientInstanceCapacity: full,
  InsufficientHostCapacity: full,
  InsufficientReservedInstanceCapacity: full,
  UnfulfillableCapacity: full,
  InsufficientFreeAddressesInSubnet: full,
  InsufficientAddressCapacity: full,
  Unsupported: full,
  VcpuLimitExceeded: overQuota,
  InstanceLimitExceeded: overQuota,
  MaxSpotInstanceCountExceeded: overQuota,
  UnauthorizedOperation: unauthorized,
  AccessDeniedException: unauthorized,
  OptInRequired: unauthorized,
  Blocked: unauthorized,
  PendingVerification: unauthorized,
  ...Object.fromEntries(BAD_CREDENTIALS.map((code) => [code, unauthorized])),
  'InvalidSubnetID.NotFound': invalid,
  'InvalidGroup.NotFound': invalid,
  'InvalidKeyPair.NotFound': invalid,
  InvalidInstanceType: invalid,
  MissingParameter: invalid,
  'InvalidUserData.Malformed': invalid,
  TagLimitExceeded: invalid,
  ParameterNotFound: refused('ImageNotFound'),
  IdempotentParameterMismatch: invalid,
  // The attempt ran once and never will again: closing it makes room for the next one.
  IdempotentInstanceTerminated: (message, cause) =>
    new PreparationError(message, { reason: 'InstanceLost', cause }),
  'InvalidInstanceID.NotFound': missing,
  'InvalidInstanceID.Malformed': missing,
  'InvalidVolume.NotFound': missing,
  IncorrectInstanceState: busy,
  IncorrectState: busy,
  VolumeInUse: busy,
  OperationNotPermitted: refused('TerminationProtected'),
  // Nothing was sent: there are no credentials, or nobody listens.
  CredentialsProviderError: unavailable,
  ECONNREFUSED: unavailable,
  ENOTFOUND: unavailable,
  EAI_AGAIN: unavailable,
};

/** Families of codes. */
const ERROR_BY_PREFIX: readonly (readonly [string, Make])[] = [
  ['InvalidAMIID.', refused('ImageNotFound')],
  ['InvalidParameter', invalid],
];

/** The code of an error of the SDK: Node's, else the provider's, which the SDK keeps as its name. */
function codeOf(cause: unknown): string {
  const name = textOf(cause, 'name');
  return errorCode(cause) ?? (name === '' || name === 'Error' ? 'no answer' : name);
}

/**
 * The SDK's error as one of ours; one of ours stays as it is. The message holds the code and what EC2 says, which for a
 * missing permission names the permission.
 */
export function translate(doing: string, cause: unknown): ReconcileError {
  if (cause instanceof ReconcileError) {
    return cause;
  }
  const code = codeOf(cause);
  const make =
    (Object.hasOwn(ERROR_BY_CODE, code) ? ERROR_BY_CODE[code] : undefined) ??
    ERROR_BY_PREFIX.find(([prefix]) => code.startsWith(prefix))?.[1];
  const message = `${doing}: ${code}${detailOf(cause)}`;
  return make?.(message, cause) ?? new UnknownOutcomeError(message, { cause });
}

/** What EC2 answered with to a call that became `error`; undefined for errors of our own. */
export function providerCodeOf(error: unknown): string | undefined {
  return error instanceof ReconcileError && error.cause !== undefined
    ? codeOf(error.cause)
    : undefined;
}

/** The longest detail worth a condition; an encoded authorization message is longer than that. */
const DETAIL_LENGTH = 300;

function detailOf(cause: unknown): string {
  const text = textOf(cause, 'message');
  return text === '' ? '' : ` (${text.slice(0, DETAIL_LENGTH)})`;
}

/** Not by `instanceof`, as in `errorCode`. */
function textOf(error: unknown, key: 'name' | 'message'): string {
  const text: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, key) : undefined;
  return typeof text === 'string' ? text : '';
}
