import { describe, expect, it } from '@jest/globals';
import { providerCodeOf, translate } from '../../../backends/ec2/errors.ts';
import {
  BackendUnavailableError,
  ConflictError,
  InsufficientCapacityError,
  NotFoundError,
  PreparationError,
  QuotaExceededError,
  TerminalError,
  ThrottledError,
  UnauthorizedError,
  UnknownOutcomeError,
  isDefiniteRefusal,
} from '../../../lib/errors.ts';

/** As the SDK makes it: the code is the name. */
function serviceError(name: string, message = 'no'): Error {
  return Object.assign(new Error(message), { name });
}

describe('errors of the ec2 backend', () => {
  it.each([
    ['RequestLimitExceeded', ThrottledError, 'Throttled'],
    ['Throttling', ThrottledError, 'Throttled'],
    ['ThrottlingException', ThrottledError, 'Throttled'],
    ['EC2ThrottledException', ThrottledError, 'Throttled'],
    ['InternalError', UnknownOutcomeError, 'LaunchInDoubt'],
    ['InternalFailure', UnknownOutcomeError, 'LaunchInDoubt'],
    ['ServiceUnavailable', UnknownOutcomeError, 'LaunchInDoubt'],
    ['Unavailable', UnknownOutcomeError, 'LaunchInDoubt'],
    ['InsufficientInstanceCapacity', InsufficientCapacityError, 'InsufficientCapacity'],
    ['InsufficientHostCapacity', InsufficientCapacityError, 'InsufficientCapacity'],
    ['InsufficientReservedInstanceCapacity', InsufficientCapacityError, 'InsufficientCapacity'],
    ['UnfulfillableCapacity', InsufficientCapacityError, 'InsufficientCapacity'],
    ['InsufficientFreeAddressesInSubnet', InsufficientCapacityError, 'InsufficientCapacity'],
    ['InsufficientAddressCapacity', InsufficientCapacityError, 'InsufficientCapacity'],
    ['Unsupported', InsufficientCapacityError, 'InsufficientCapacity'],
    ['VcpuLimitExceeded', QuotaExceededError, 'VcpuLimitExceeded'],
    ['InstanceLimitExceeded', QuotaExceededError, 'VcpuLimitExceeded'],
    ['MaxSpotInstanceCountExceeded', QuotaExceededError, 'VcpuLimitExceeded'],
    ['UnauthorizedOperation', UnauthorizedError, 'Unauthorized'],
    ['AccessDeniedException', UnauthorizedError, 'Unauthorized'],
    ['AuthFailure', UnauthorizedError, 'Unauthorized'],
    ['ExpiredToken', UnauthorizedError, 'Unauthorized'],
    ['ExpiredTokenException', UnauthorizedError, 'Unauthorized'],
    ['InvalidClientTokenId', UnauthorizedError, 'Unauthorized'],
    ['SignatureDoesNotMatch', UnauthorizedError, 'Unauthorized'],
    ['UnrecognizedClientException', UnauthorizedError, 'Unauthorized'],
    ['OptInRequired', UnauthorizedError, 'Unauthorized'],
    ['Blocked', UnauthorizedError, 'Unauthorized'],
    ['PendingVerification', UnauthorizedError, 'Unauthorized'],
    ['InvalidAMIID.NotFound', TerminalError, 'ImageNotFound'],
    ['InvalidAMIID.Unavailable', TerminalError, 'ImageNotFound'],
    ['ParameterNotFound', TerminalError, 'ImageNotFound'],
    ['InvalidSubnetID.NotFound', TerminalError, 'InvalidLaunchParameters'],
    ['InvalidGroup.NotFound', TerminalError, 'InvalidLaunchParameters'],
    ['InvalidKeyPair.NotFound', TerminalError, 'InvalidLaunchParameters'],
    ['InvalidInstanceType', TerminalError, 'InvalidLaunchParameters'],
    ['InvalidParameterValue', TerminalError, 'InvalidLaunchParameters'],
    ['InvalidParameterCombination', TerminalError, 'InvalidLaunchParameters'],
    ['InvalidParameter', TerminalError, 'InvalidLaunchParameters'],
    ['MissingParameter', TerminalError, 'InvalidLaunchParameters'],
    ['InvalidUserData.Malformed', TerminalError, 'InvalidLaunchParameters'],
    ['TagLimitExceeded', TerminalError, 'InvalidLaunchParameters'],
    ['IdempotentParameterMismatch', TerminalError, 'InvalidLaunchParameters'],
    ['IdempotentInstanceTerminated', PreparationError, 'InstanceLost'],
    ['InvalidInstanceID.NotFound', NotFoundError, 'InstanceLost'],
    ['InvalidInstanceID.Malformed', NotFoundError, 'InstanceLost'],
    ['InvalidVolume.NotFound', NotFoundError, 'InstanceLost'],
    ['IncorrectInstanceState', ConflictError, 'Conflict'],
    ['IncorrectState', ConflictError, 'Conflict'],
    ['VolumeInUse', ConflictError, 'Conflict'],
    ['OperationNotPermitted', TerminalError, 'TerminationProtected'],
    ['CredentialsProviderError', BackendUnavailableError, 'BackendUnavailable'],
    ['TimeoutError', UnknownOutcomeError, 'LaunchInDoubt'],
    ['AbortError', UnknownOutcomeError, 'LaunchInDoubt'],
    ['RequestExpired', UnknownOutcomeError, 'LaunchInDoubt'],
    ['constructor', UnknownOutcomeError, 'LaunchInDoubt'],
  ])('takes %s for what it means', (code, expected, reason) => {
    const error = translate('launching instance', serviceError(code));

    expect(error).toBeInstanceOf(expected);
    expect(error.reason).toBe(reason);
    expect(error.message).toBe(`launching instance: ${code} (no)`);
    expect(providerCodeOf(error)).toBe(code);
  });

  it.each([
    ['ECONNREFUSED', BackendUnavailableError],
    ['ENOTFOUND', BackendUnavailableError],
    ['EAI_AGAIN', BackendUnavailableError],
    ['ECONNRESET', UnknownOutcomeError],
    ['ETIMEDOUT', UnknownOutcomeError],
    ['EPIPE', UnknownOutcomeError],
  ])('knows after %s whether a call may have been sent', (code, expected) => {
    const cause = Object.assign(new Error('no'), { code });

    expect(translate('launching instance', cause)).toBeInstanceOf(expected);
  });

  it.each([
    ['an answer that cannot be read', new Error('XML parse error')],
    ['something that is no error', 'no'],
    ['nothing', undefined],
  ])('leaves the outcome of %s unknown', (_title, cause) => {
    expect(translate('launching instance', cause)).toBeInstanceOf(UnknownOutcomeError);
  });

  it('takes a capacity refusal for definite, also when it is sent as a fault of the server', () => {
    const cause = Object.assign(serviceError('InsufficientInstanceCapacity'), {
      $fault: 'server',
      $metadata: { httpStatusCode: 503 },
    });

    expect(isDefiniteRefusal(translate('launching instance', cause))).toBe(true);
  });

  it('shortens what EC2 says, so that a condition can hold it', () => {
    const cause = serviceError('UnauthorizedOperation', 'x'.repeat(5000));

    expect(translate('launching instance', cause).message.length).toBeLessThan(400);
  });

  it('leaves our own errors as they are, and knows no code of EC2 in them', () => {
    const error = new NotFoundError('there is no such instance');

    expect(translate('stopping instance', error)).toBe(error);
    expect(providerCodeOf(error)).toBeUndefined();
  });
});
