import type { LaunchProof } from '../store/launch-proofs.ts';
import type { SeenInstance } from './backend-list.ts';

/**
 * What the launch rows prove about one instance:
 * - `open`: it is the instance of an attempt that is not closed
 * - `closed`: we launched it and let it go
 * - `unrecorded`: its attempt has no row; the database was lost, or somebody made the marks up
 * - `contradicted`: its attempt has a row that names another instance, token or backend; somebody copied our marks
 */
export type Ownership = 'open' | 'closed' | 'unrecorded' | 'contradicted';

/**
 * Compares an instance with the launch rows of its workspace. Marks alone prove nothing, since they can be copied:
 * the row must name this very instance, or none yet, the same token, and the backend where it was seen.
 */
export function ownershipOf(
  { backend, instance }: SeenInstance,
  launches: readonly LaunchProof[],
): Ownership {
  const { attempt, token } = instance.marks;
  const launch = launches.find((one) => one.attempt === attempt);
  if (launch === undefined) {
    return launches.some((one) => one.token === token) ? 'contradicted' : 'unrecorded';
  }
  const isSame =
    launch.token === token &&
    launch.backend === backend &&
    (launch.instanceId ?? instance.id) === instance.id;
  if (!isSame) {
    return 'contradicted';
  }
  return launch.state === 'closed' ? 'closed' : 'open';
}
