import {
  CLUSTER_SCOPE,
  DEFAULT_NAMESPACE,
  KINDS,
  type Declaration,
  type Kind,
} from '../objects.ts';
import { toFieldProblems, type FieldProblem, type WrittenText } from './field-problems.ts';
import { valueAt } from './path.ts';
import { findSchemaErrors } from './validators.ts';

export type Checked =
  { readonly declaration: Declaration } | { readonly problems: readonly FieldProblem[] };

/**
 * One manifest of ours as JSON: the declaration in it, or everything that is wrong with it.
 * `writtenText` answers how the author wrote a value, for messages. Never throws.
 */
export function checkManifest(raw: unknown, writtenText: WrittenText = () => undefined): Checked {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    const message = 'must be a mapping with apiVersion, kind, metadata and spec';
    return { problems: [{ path: [], message, at: 'value' }] };
  }
  const info = KINDS.find(({ kind }) => kind === valueAt(raw, ['kind']));
  const errors = findSchemaErrors(info?.kind ?? 'Header', raw);
  return info !== undefined && errors.length === 0
    ? { declaration: toDeclaration(raw as ValidManifest, info.scope === 'Cluster') }
    : { problems: toFieldProblems(errors, raw, writtenText) };
}

interface ValidManifest {
  readonly kind: Kind;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string | null;
    readonly labels?: Readonly<Record<string, string>> | null;
    readonly annotations?: Readonly<Record<string, string>> | null;
  };
  readonly spec: unknown;
}

/** The namespace of a cluster-scoped object is dropped, as the API server does. */
function toDeclaration(
  { kind, metadata, spec }: ValidManifest,
  isClusterScoped: boolean,
): Declaration {
  const { name, namespace, labels, annotations } = metadata;
  return {
    kind,
    namespace: isClusterScoped ? CLUSTER_SCOPE : (namespace ?? DEFAULT_NAMESPACE),
    name,
    labels: labels ?? {},
    annotations: annotations ?? {},
    // The schema of this kind, from which its type is derived, has just been satisfied.
    spec,
  } as Declaration;
}
