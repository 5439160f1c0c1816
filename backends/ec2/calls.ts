import { ConflictError, ThrottledError } from '../../lib/errors.ts';
import type { LaneName } from './bucket-table.ts';
import { translate } from './errors.ts';
import type { Ec2Lanes, Permit } from './lanes.ts';
import { isRead, type InputOf, type Operation, type OutputOf, type Sender } from './requests.ts';

/** One call that was sent, for metrics. `code`: `ok`, or the name of the error's class. */
export interface CallMade {
  readonly operation: Operation;
  readonly code: string;
}

/** Whose turn a call takes. */
export interface Turn {
  /** What the call is about, where a turn may have been reserved for it. */
  readonly keys?: readonly string[];
  /** Default: that of the operation. */
  readonly lane?: LaneName | undefined;
}

export interface CallsOptions {
  readonly sender: Sender;
  readonly lanes: Pick<Ec2Lanes, 'take'>;
  /** Whether this process is sure to lead until a call has ended; asked when one is sent that changes something. */
  readonly mayCall: () => boolean;
  readonly onCall: (call: CallMade) => void;
}

/** Where every call to EC2 is made: turn, signature and sending in one go, metrics, translation of the error. */
export class Calls {
  readonly #options: CallsOptions;

  constructor(options: CallsOptions) {
    this.#options = options;
  }

  /**
   * Waits for the turn and sends. Throws errors of `lib/errors.ts` only, but for a list that is empty: EC2 takes that for «all
   * there are», and it is a bug of ours. `ConflictError` when the call may not be made any more; nothing was sent then.
   */
  async send<O extends Operation>(
    operation: O,
    input: InputOf<O>,
    doing: string,
    { keys, lane = laneOf(operation, input) }: Turn = {},
  ): Promise<OutputOf<O>> {
    refuseEverything(operation, input);
    const permit = lane === undefined ? undefined : await this.#options.lanes.take(lane, keys);
    this.#assertMayCall(operation, doing);
    try {
      const answer = await this.#options.sender.send(operation, input);
      this.#options.onCall({ operation, code: 'ok' });
      return answer;
    } catch (cause) {
      const error = translate(doing, cause);
      this.#options.onCall({ operation, code: error.name });
      throw error instanceof ThrottledError ? paused(error, permit) : error;
    }
  }

  /** Between turn and signature, because the process may have been stopped for an hour while it waited. */
  #assertMayCall(operation: Operation, doing: string): void {
    if (!isRead(operation) && !this.#options.mayCall()) {
      throw new ConflictError(`${doing}: the lease is about to end`);
    }
  }
}

function paused(error: ThrottledError, permit: Permit | undefined): ThrottledError {
  return permit === undefined
    ? error
    : new ThrottledError(error.message, permit.throttled(), { cause: error.cause });
}

const LANE_BY_OPERATION: Partial<Readonly<Record<Operation, LaneName>>> = {
  RunInstances: 'RunInstances',
  StartInstances: 'StartInstances',
  StopInstances: 'StopInstances',
  TerminateInstances: 'TerminateInstances',
  ModifyInstanceAttribute: 'Mutate',
  DeleteVolume: 'Mutate',
  GetConsoleOutput: 'GetConsoleOutput',
};

/** SSM has buckets of its own, which one call for each generation of a class does not fill. */
function laneOf(operation: Operation, input: object): LaneName | undefined {
  if (operation === 'GetParameter') {
    return undefined;
  }
  const read = 'InstanceIds' in input ? 'DescribeUnfiltered' : 'Describe';
  return LANE_BY_OPERATION[operation] ?? read;
}

/** A list that is empty, or a list of the fleet that names nothing at all. */
function refuseEverything(operation: Operation, input: object): void {
  const isOfAll =
    ['DescribeInstances', 'DescribeVolumes'].includes(operation) &&
    !('InstanceIds' in input || 'Filters' in input);
  if (isOfAll || hasEmptyList(input)) {
    throw new TypeError(`${operation} would be about everything in the account: a list is empty`);
  }
}

function hasEmptyList(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  return (Array.isArray(value) && value.length === 0) || Object.values(value).some(hasEmptyList);
}
