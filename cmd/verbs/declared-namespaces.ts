import { CLUSTER_SCOPE, type Declaration } from '../../api/objects.ts';
import { usageErrors } from '../cli-error.ts';
import { textFlag, type Typed } from '../verb.ts';

/**
 * A manifest alone says where its object lives (design §11), so that it means the same everywhere. `-n` may confirm
 * it; a contradiction is a usage error, as with kubectl.
 */
export function refuseOtherNamespaces(typed: Typed, declarations: readonly Declaration[]): void {
  const namespace = textFlag(typed, 'namespace');
  const others = declarations.filter(
    (one) =>
      namespace !== undefined && one.namespace !== CLUSTER_SCOPE && one.namespace !== namespace,
  );
  if (others.length > 0) {
    throw usageErrors(
      others.map(
        ({ origin, name, namespace: declared }) =>
          `${origin ?? name}: metadata.namespace: is ${declared}, but -n says ${namespace ?? ''}: change one of them`,
      ),
    );
  }
}
