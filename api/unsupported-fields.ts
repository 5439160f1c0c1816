import type { WorkspaceSpec } from './workspace.ts';

type Test = (spec: WorkspaceSpec) => boolean;

/** Fields whose effect is not built yet. Adding the effect is deleting the line. */
const UNSUPPORTED: Readonly<Record<string, Test>> = {
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

/** Names of the fields of a spec that would have no effect, in a fixed order; [] when all is supported. */
export function findUnsupportedFields(spec: WorkspaceSpec): string[] {
  return Object.entries(UNSUPPORTED)
    .filter(([, isUsed]) => isUsed(spec))
    .map(([field]) => field);
}
