import type { DeclarationOf } from '../../api/objects.ts';
import type { WorkspaceSpec } from '../../api/workspace.ts';
import type { WorkspaceClassSpec } from '../../api/workspace-class.ts';

/** A declaration of a workspace; `spec` shows what matters to the test. */
export function workspace({
  name,
  namespace = 'default',
  annotations = {},
  ...spec
}: WorkspaceSpec & {
  readonly name: string;
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}): DeclarationOf<'Workspace'> {
  return {
    kind: 'Workspace',
    namespace,
    name,
    labels: {},
    annotations,
    spec: { runtime: 'sample', ...spec },
  };
}

/** The default class, on the process backend, with one runtime called `sample`. */
export function processClass({
  name = 'local',
  ...spec
}: Partial<WorkspaceClassSpec> & { readonly name?: string } = {}): DeclarationOf<'WorkspaceClass'> {
  return {
    kind: 'WorkspaceClass',
    namespace: '',
    name,
    labels: {},
    annotations: {},
    spec: {
      default: true,
      backend: 'process',
      readiness: 'Running',
      process: { runtimes: { sample: { command: ['sample'] } } },
      ...spec,
    },
  };
}
