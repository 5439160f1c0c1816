import { mergeSpec, type MergedSpec } from '../../provisioning/merge-spec.ts';

/** What a workspace becomes that declares nothing, with `overrides`. */
export function mergedSpec(overrides: Partial<MergedSpec> = {}): MergedSpec {
  const bare = mergeSpec({
    workspaceClass: { backend: 'process' },
    template: undefined,
    orgDefaults: undefined,
    workspace: {},
  });
  return { ...bare, ...overrides };
}
