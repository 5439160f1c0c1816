/** Codes whose status is not 400 (EC2 API Reference, "Error codes"; a capacity refusal is sent as a 5xx). */
const STATUS_BY_CODE: Readonly<Partial<Record<string, number>>> = {
  AuthFailure: 401,
  Blocked: 403,
  OptInRequired: 403,
  PendingVerification: 403,
  UnauthorizedOperation: 403,
  DryRunOperation: 412,
  InternalError: 500,
  InternalFailure: 500,
  InsufficientInstanceCapacity: 500,
  InsufficientHostCapacity: 500,
  InsufficientReservedInstanceCapacity: 500,
  InsufficientAddressCapacity: 500,
  UnfulfillableCapacity: 500,
  RequestLimitExceeded: 503,
  EC2ThrottledException: 503,
  Throttling: 503,
  ServiceUnavailable: 503,
  Unavailable: 503,
};

/** An answer of EC2 that is not a success. */
export class Ec2Error extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = STATUS_BY_CODE[code] ?? 400) {
    super(message);
    this.name = 'Ec2Error';
    this.code = code;
    this.status = status;
  }
}

export function missingParameter(name: string): Ec2Error {
  return new Ec2Error('MissingParameter', `The request must contain the parameter ${name}`);
}

export function invalidValue(name: string, value: string): Ec2Error {
  return new Ec2Error(
    'InvalidParameterValue',
    `Value (${value}) for parameter ${name} is invalid.`,
  );
}
