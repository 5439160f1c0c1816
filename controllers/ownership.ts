import type { Instance } from '../backends/backend.ts';
import type { LaunchRecord } from '../store/launch-record.ts';

/**
 * What the launch rows prove about one instance:
 * - `open`: it is the instance of an attempt that is not closed
 * - `closed`: we launched it and let it go
 * - `unrecorded`: its attempt has no row; the database was lost, or somebody made the marks up
 * - `contradicted`: its attempt has a row that names another instance or token; somebody copied our marks
 */
export type Ownership =
  | { readonly kind: 'open'; readonly launch: LaunchRecord }
  | { readonly kind: 'closed'; readonly launch: LaunchRecord }
  | { readonly kind: 'unrecorded' }
  | { readonly kind: 'contradicted' };

/**
 * Compares an instance with the launch rows of its workspace. Marks alone prove nothing, since they can be copied:
 * the row must name this very instance, or none yet, and the same token.
 */
export function ownershipOf(instance: Instance, launches: readonly LaunchRecord[]): Ownership {
  const { attempt, token } = instance.marks;
  const launch = launches.find((one) => one.attempt === attempt);
  if (launch === undefined) {
    return launches.some((one) => one.token === token)
      ? { kind: 'contradicted' }
      : { kind: 'unrecorded' };
  }
  const isSame = launch.token === token && (launch.instanceId ?? instance.id) === instance.id;
  if (!isSame) {
    return { kind: 'contradicted' };
  }
  return { kind: launch.state === 'closed' ? 'closed' : 'open', launch };
}
