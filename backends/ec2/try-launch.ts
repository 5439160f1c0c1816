import type { WorkspaceClassSpec } from '../../api/workspace-class.ts';
import { resolveClass } from './class-resolution.ts';
import { translate } from './errors.ts';
import { askedFor, freeze, parametersOf, toDetails } from './parameters.ts';
import type { InputOf, Operation, OutputOf, Sender } from './requests.ts';
import { toRunInstances } from './run-instances.ts';
import { tryCall, type Trial } from './trial.ts';
import { renderUserData } from './user-data.ts';

export interface NamedClass {
  readonly name: string;
  readonly spec: WorkspaceClassSpec;
}

/**
 * The launch that a class would ask for first: every permission in it (tags, role) is needed at once. What the class names and
 * does not exist refuses it too.
 */
export async function tryLaunch(
  sender: Sender,
  namedClass: NamedClass,
  installationId = '',
): Promise<Trial> {
  try {
    return await tryCall(
      sender,
      'RunInstances',
      await launchOf(sender, namedClass, installationId),
    );
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { result: 'refused', message, answeredAt: undefined };
  }
}

async function launchOf(
  sender: Sender,
  { name: className, spec: classSpec }: NamedClass,
  installationId: string,
): Promise<InputOf<'RunInstances'>> {
  const parameters = parametersOf(classSpec);
  const [tier = '2'] = Object.keys(parameters.instanceTypes);
  const [runtime = ''] = Object.keys(parameters.runtimes);
  const workspace = { workspaceUid: 'doctor', namespace: 'default', name: 'doctor', className };
  const asked = askedFor({
    ...{ ...workspace, classSpec, runtime },
    ...{ tier: Number(tier), platformUrl: 'https://treeline.invalid' },
  });
  const resolution = await resolveClass(parameters, { send: readWith(sender) });
  const details = toDetails(freeze(asked, resolution, { choose: ([first]) => first }));
  const token = '0'.repeat(64);
  const marks = { ...workspace, installationId, attempt: 1, token };
  const userData = renderUserData(details, { uid: 'doctor', attempt: 1, bootstrapToken: token });
  return toRunInstances({ marks, token }, details, userData);
}

/** A person waits for these few reads, so they do not stand in line. */
function readWith(sender: Sender) {
  return async <O extends Operation>(
    operation: O,
    input: InputOf<O>,
    doing: string,
  ): Promise<OutputOf<O>> => {
    try {
      return await sender.send(operation, input);
    } catch (cause) {
      throw translate(doing, cause);
    }
  };
}
