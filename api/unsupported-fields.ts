import { ANNOTATION } from './labels.ts';
import { API_GROUP } from './schema.ts';
import type { WorkspaceClassSpec } from './workspace-class.ts';
import type { WorkspaceSpec } from './workspace.ts';

type Tests<Spec> = Readonly<Record<string, (spec: Spec) => boolean>>;

/** Fields whose effect is not built yet. Adding the effect is deleting the line. */
const UNSUPPORTED: Tests<WorkspaceSpec> = {
  'files[].configMapRef': (spec) =>
    spec.files?.some((one) => one.configMapRef !== undefined) ?? false,
  workspaceDir: (spec) => spec.workspaceDir !== undefined,
  workspaceAccess: (spec) => spec.workspaceAccess !== undefined,
};

/** The same of a class; what another backend would need stands in its own block. */
const UNSUPPORTED_IN_CLASS: Tests<WorkspaceClassSpec> = {
  tiers: (spec) => spec.tiers !== undefined,
};

/** Names of the fields of a spec that would have no effect, in a fixed order; [] when all is supported. */
export function findUnsupportedFields(spec: WorkspaceSpec): string[] {
  return usedOf(UNSUPPORTED, spec);
}

/** The same for the spec of a class: a limit that nobody keeps is worse than none. */
export function findUnsupportedClassFields(spec: WorkspaceClassSpec): string[] {
  return usedOf(UNSUPPORTED_IN_CLASS, spec);
}

/** Annotations of ours that would have no effect, mistyped ones among them; [] when each has one. */
export function findUnsupportedAnnotations(
  annotations: Readonly<Record<string, string>>,
): string[] {
  const known: readonly string[] = Object.values(ANNOTATION);
  return Object.keys(annotations)
    .filter((name) => name.startsWith(`${API_GROUP}/`) && !known.includes(name))
    .sort();
}

function usedOf<Spec>(tests: Tests<Spec>, spec: Spec): string[] {
  return Object.entries(tests)
    .filter(([, isUsed]) => isUsed(spec))
    .map(([field]) => field);
}
