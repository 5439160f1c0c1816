import type { Backend } from '../../backends/backend.ts';
import type { BackendList } from '../../controllers/backend-list.ts';
import type { Fleet } from '../../controllers/fleet.ts';
import type { BackendInfo } from '../../server/contract-operations.ts';

export interface DescribedBackends {
  readonly backends: ReadonlyMap<string, Pick<Backend, 'lanes'>>;
  /** What the leader has seen; undefined where another process leads. */
  readonly fleet: Pick<Fleet, 'stateOf'> | undefined;
  /** Where EC2 is asked instead of AWS. */
  readonly ec2Endpoint: string | undefined;
}

/** Every backend of this controller, as the API tells of it. Pure. */
export function describeBackends({
  backends,
  fleet,
  ec2Endpoint,
}: DescribedBackends): readonly BackendInfo[] {
  return [...backends].map(([name, backend]) => {
    const state = fleet?.stateOf(name);
    return {
      name,
      ...(name.startsWith('ec2/') && ec2Endpoint !== undefined && { endpoint: ec2Endpoint }),
      available: state?.error === undefined,
      ...(state?.error !== undefined && { message: state.error.message }),
      ...(state?.list !== undefined && {
        instances: countOf(state.list),
        observedAt: state.list.startedAt.toISOString(),
      }),
      ...(backend.lanes !== undefined && { lanes: [...backend.lanes()] }),
    };
  });
}

/** What has ended is listed for a while: it proves that it is gone, and is no instance to anybody else. */
function countOf({ instances }: BackendList): number {
  return instances.filter(({ state }) => state !== 'terminated').length;
}
