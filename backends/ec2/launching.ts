import type { LaunchIntent } from '../../api/launch.ts';
import { ConflictError, InsufficientCapacityError, UnknownOutcomeError } from '../../lib/errors.ts';
import type { Instance } from '../backend.ts';
import type { Calls } from './calls.ts';
import { providerCodeOf } from './errors.ts';
import { toInstance } from './instance-conversion.ts';
import { offeringsOf, type Avoidance } from './offerings.ts';
import { toDetails, type Ec2Details } from './parameters.ts';
import { toRunInstances } from './run-instances.ts';
import { renderUserData } from './user-data.ts';

export interface Surroundings {
  readonly installationId: string;
  readonly calls: Pick<Calls, 'send'>;
  readonly avoidance: Pick<Avoidance, 'choose' | 'note'>;
  /** `InstallationKey.bootstrapToken`. */
  readonly bootstrapTokenOf: (launchToken: string) => string;
  readonly findByToken: (token: string) => Promise<Instance | undefined>;
}

/** The one instance of an intent: EC2 answers a token that it knows with the instance that it launched. */
export async function launchInstance(
  intent: LaunchIntent,
  surroundings: Surroundings,
): Promise<Instance> {
  const { marks, token } = intent;
  const { installationId, calls, bootstrapTokenOf } = surroundings;
  if (marks.installationId !== installationId) {
    throw new ConflictError('launching instance: the intent is of another installation');
  }
  const details = toDetails(intent.parameters);
  const { workspaceUid: uid, attempt } = marks;
  const bootstrapToken = bootstrapTokenOf(token);
  const userData = renderUserData(details, { uid, attempt, bootstrapToken });
  const input = toRunInstances(intent, details, userData);
  try {
    const { Instances = [] } = await calls.send('RunInstances', input, 'launching instance', {
      keys: [uid],
    });
    const [seen] = Instances;
    if (seen === undefined) {
      throw new UnknownOutcomeError('launching instance: the answer names no instance');
    }
    return toInstance(seen, { installationId, launchedAs: marks });
  } catch (error) {
    return await answerRefusal(error, { token, details }, surroundings);
  }
}

/** What a refusal says of offerings and tokens beside its class. Answers the instance that the token made before. */
async function answerRefusal(
  error: unknown,
  { token, details }: { readonly token: string; readonly details: Ec2Details },
  { avoidance, findByToken }: Surroundings,
): Promise<Instance> {
  const code = providerCodeOf(error) ?? '';
  if (TOKEN_CODES.has(code)) {
    return (await lookUp(token, findByToken)) ?? rethrow(error);
  }
  if (!(error instanceof InsufficientCapacityError)) {
    throw error;
  }
  avoidance.note(details.offering, code);
  const next = avoidance.choose(offeringsOf(details.instanceTypes, details.subnets));
  throw new InsufficientCapacityError(error.message, {
    hasAlternative: next !== undefined,
    cause: error.cause,
  });
}

/** The token made an instance before: with other parameters, or it is terminated by now. */
const TOKEN_CODES: ReadonlySet<string> = new Set([
  'IdempotentParameterMismatch',
  'IdempotentInstanceTerminated',
]);

/** A look that fails says nothing about the launch; above all not that it had no effect. */
async function lookUp(
  token: string,
  findByToken: Surroundings['findByToken'],
): Promise<Instance | undefined> {
  try {
    return await findByToken(token);
  } catch (cause) {
    throw new UnknownOutcomeError('launching instance: its token is taken, by whom is unknown', {
      cause,
    });
  }
}

function rethrow(error: unknown): never {
  throw error;
}
