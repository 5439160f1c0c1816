import type { ClassHold, ClassStatus } from '../../api/class-status.ts';
import type { ApiObject, ApiObjectOf } from '../../server/contract.ts';
import type { Client } from '../client.ts';
import { getKind } from '../kinds.ts';
import { listObjects } from '../objects.ts';
import { warning, type Finding } from './finding.ts';

export interface ClassObject extends ApiObjectOf<'WorkspaceClass'> {
  readonly status?: ClassStatus;
}

/** Every class that is declared. */
export async function listClasses(client: Client): Promise<readonly ClassObject[]> {
  const objects = await listObjects(client, getKind('wspc'), { namespace: undefined });
  return objects.filter(isClass);
}

function isClass(object: ApiObject): object is ApiObject & ClassObject {
  return object.kind === 'WorkspaceClass';
}

/** The classes with which nothing is launched, because the account refuses it. */
export function judgeClasses(
  classes: readonly Pick<ClassObject, 'metadata' | 'status'>[],
): Finding[] {
  return classes.flatMap(({ metadata: { name, generation }, status }) =>
    status?.hold?.generation === generation ? [describeHold(name, status.hold)] : [],
  );
}

const TODO: Readonly<Record<ClassHold['reason'], string>> = {
  VcpuLimitExceeded: 'stop something, or ask AWS for a higher quota of vCPUs',
  Unauthorized: 'give the controller manifests/aws/controller-policy.json',
};

function describeHold(name: string, { reason, message, since, until }: ClassHold): Finding {
  return warning(
    `class ${name}`,
    `on hold since ${since}, next try ${until}: ${reason}: ${message}`,
    TODO[reason],
  );
}
