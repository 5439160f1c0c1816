import { ANNOTATION } from './labels.ts';
import { API_GROUP } from './schema.ts';
import type { WorkspaceClassSpec } from './workspace-class.ts';
import type { WorkspaceSpec } from './workspace.ts';

type Tests<Spec> = Readonly<Record<string, (spec: Spec) => boolean>>;

/** Fields whose effect is not built yet. Adding the effect is deleting the line. */
const UNSUPPORTED: Tests<WorkspaceSpec> = {
  templateRef: (spec) => spec.templateRef !== undefined,
  model: (spec) => spec.model !== undefined,
  hibernateAfter: (spec) => spec.hibernateAfter !== undefined,
  provisionTimeout: (spec) => spec.provisionTimeout !== undefined,
  maxConcurrentTasks: (spec) => spec.maxConcurrentTasks !== undefined,
  'env[].valueFrom': (spec) => spec.env?.some((one) => one.valueFrom !== undefined) ?? false,
  envFrom: (spec) => spec.envFrom !== undefined,
  requiredEnv: (spec) => spec.requiredEnv !== undefined,
  prompts: (spec) => spec.prompts !== undefined,
  'files[].configMapRef': (spec) =>
    spec.files?.some((one) => one.configMapRef !== undefined) ?? false,
  plugins: (spec) => spec.plugins !== undefined,
  schedules: (spec) => spec.schedules !== undefined,
  channels: (spec) => spec.channels !== undefined,
  workspaceDir: (spec) => spec.workspaceDir !== undefined,
  workspaceAccess: (spec) => spec.workspaceAccess !== undefined,
  external: (spec) => spec.external !== undefined,
  'desiredState: Hibernated': (spec) => spec.desiredState === 'Hibernated',
};

/** The same of a class; what another backend would need stands in its own block. */
const UNSUPPORTED_IN_CLASS: Tests<WorkspaceClassSpec> = {
  'readiness: Registered': (spec) => spec.readiness === 'Registered',
  tiers: (spec) => spec.tiers !== undefined,
  provisionTimeout: (spec) => spec.provisionTimeout !== undefined,
  quota: (spec) => spec.quota !== undefined,
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
