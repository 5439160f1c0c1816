import { KINDS } from '../../api/objects.ts';
import type { Context } from '../context.ts';
import { refuseOtherNamespaces } from './declared-namespaces.ts';
import type { NamespacedTarget } from './delete-plan.ts';
import { readDeclarations } from './manifests.ts';
import { listFlag, type Typed } from '../verb.ts';

/** What the manifests of `-f` declare. Throws a usage error with every problem of every file. */
export async function readTargets(context: Context, typed: Typed): Promise<NamespacedTarget[]> {
  const declarations = await readDeclarations(context, listFlag(typed, 'filename'));
  refuseOtherNamespaces(typed, declarations);
  return declarations.flatMap(({ kind, namespace, name }) =>
    KINDS.filter((info) => info.kind === kind).map((info) => ({ kind: info, namespace, name })),
  );
}
