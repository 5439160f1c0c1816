import { UnauthorizedError, type ReconcileError } from '../../lib/errors.ts';
import { BAD_CREDENTIALS, providerCodeOf, translate } from './errors.ts';
import type { InputOf, Operation, Sender } from './requests.ts';

/**
 * What came of a dry run.
 * - `allowed`: the call would be made · `denied`: the policy does not allow it · `refused`: by something else in it
 * - `no-credentials`, `bad-credentials`, `unreachable`: no call of this process gets through
 */
export interface Trial {
  readonly result:
    'allowed' | 'denied' | 'refused' | 'no-credentials' | 'bad-credentials' | 'unreachable';
  /** What the SDK or EC2 says; '' when it is allowed. */
  readonly message: string;
  /** The provider's clock when it answered; undefined when it did not. */
  readonly answeredAt: Date | undefined;
}

/** The operations that take `DryRun`: all but SSM's. */
export type DryOperation = Exclude<Operation, 'GetParameter'>;

/** Makes a call that has no effect (EC2 API Reference, "DryRun"). Never throws for what EC2 says. */
export async function tryCall<O extends DryOperation>(
  sender: Sender,
  operation: O,
  input: InputOf<O>,
): Promise<Trial> {
  try {
    await sender.send(operation, { ...input, DryRun: true });
    // A provider that does not know dry runs of a read has read.
    return { result: 'allowed', message: '', answeredAt: undefined };
  } catch (cause) {
    return judge(translate(`trying ${operation}`, cause), cause);
  }
}

function judge(error: ReconcileError, cause: unknown): Trial {
  const code = providerCodeOf(error) ?? '';
  const said = { message: error.message, answeredAt: dateOf(cause) };
  if (code === 'DryRunOperation') {
    return { ...said, result: 'allowed', message: '' };
  }
  if (BAD_CREDENTIALS.includes(code) || code === 'RequestExpired') {
    return { ...said, result: 'bad-credentials' };
  }
  if (error instanceof UnauthorizedError) {
    return { ...said, result: 'denied' };
  }
  if (code === 'CredentialsProviderError') {
    return { ...said, result: 'no-credentials' };
  }
  return { ...said, result: said.answeredAt === undefined ? 'unreachable' : 'refused' };
}

/** The SDK keeps the answer with the error that it became. */
function dateOf(cause: unknown): Date | undefined {
  const { $response } = cause as { readonly $response?: { readonly headers?: unknown } };
  const { date } = ($response?.headers ?? {}) as { readonly date?: string };
  return date === undefined ? undefined : new Date(date);
}
