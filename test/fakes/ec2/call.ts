import type { Ec2Error } from './wire/ec2-error.ts';
import type { WireAnswer } from './wire/http-server.ts';
import type { CallOnItsWay } from './faults.ts';

/** One request of a service, whatever its protocol: what the endpoint needs to let it happen, or not. */
export interface Call extends CallOnItsWay {
  /** Milliseconds; undefined when nobody looks at signing times. */
  readonly signedAt: number | undefined;
  /** Lets it happen, all checks included. Throws `Ec2Error`. */
  readonly perform: () => WireAnswer;
  /** The service's way to say no. */
  readonly refuse: (error: Ec2Error) => WireAnswer;
}
