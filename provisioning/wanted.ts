import type { BackendName, ProcessParameters, WorkspaceClassSpec } from '../api/workspace-class.ts';
import { WORKSPACE_DEFAULTS } from '../api/workspace.ts';
import { hashOf } from '../lib/hash.ts';
import type { ClassVersion } from '../store/workspace-view.ts';
import { configHashOf, type BundleSource } from './bundle.ts';

/** What a workspace is to run, after all layers were merged; no secrets. */
export interface Wanted {
  readonly className: string;
  readonly classSpec: WorkspaceClassSpec;
  readonly backend: BackendName;
  readonly runtime: string;
  readonly tier: number;
  /** Hash of what only a new instance can change: class, runtime, command, tier and its limits. */
  readonly inputsHash: string;
  /** Hash of what a restart can change: env and files. */
  readonly configHash: string;
}

/**
 * Merges built-in defaults < class < workspace. Pure, so that drift is decided without asking anybody.
 * `inputsHash` takes the parts of the class that a launch uses and not its generation: a new quota is no reason to
 * replace every instance (docs/adr/0002, 5).
 */
export function wantedOf(source: BundleSource, workspaceClass: ClassVersion): Wanted {
  const { name: className, spec: classSpec } = workspaceClass;
  const runtime = source.spec.runtime ?? WORKSPACE_DEFAULTS.runtime;
  const tier = source.spec.tier ?? WORKSPACE_DEFAULTS.tier;
  const limits = classSpec.tiers?.[String(tier) as '1' | '2' | '3' | '4'];
  const inputs = {
    className,
    backend: classSpec.backend,
    runtime,
    tier,
    limits,
    start: classSpec.process?.runtimes[runtime],
  };
  return {
    className,
    classSpec,
    backend: classSpec.backend,
    runtime,
    tier,
    inputsHash: hashOf(inputs),
    configHash: configHashOf(source),
  };
}

/** Names of the runtimes a class can start. */
export function runtimesOf(parameters: ProcessParameters | undefined): readonly string[] {
  return Object.keys(parameters?.runtimes ?? {}).sort();
}
