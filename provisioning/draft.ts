import type { AcceptedReason } from '../api/conditions.ts';
import { ANNOTATION } from '../api/labels.ts';
import { runtimesOf } from '../api/workspace-class.ts';
import type { SecretSnapshot } from '../sources/source.ts';
import type { ClassVersion, TemplateVersion, WorkspaceRecord } from '../store/workspace-view.ts';
import { bundleFiles, type BundleFiles, type Files } from './bundle-files.ts';
import type { Child } from '../store/children.ts';
import { LEGACY_PREFIX, type Env } from './env.ts';
import { identityEnv, type IdentityEnv } from './identity.ts';
import { layerEnv } from './layer-env.ts';
import { mergeSpec, type MergedSpec } from './merge-spec.ts';
import { readEnv } from './read-env.ts';

/** A declaration and all that it refers to, as read at one moment. */
export interface LaunchSource {
  readonly record: Pick<
    WorkspaceRecord,
    'uid' | 'namespace' | 'name' | 'spec' | 'annotations' | 'directories' | 'requests' | 'parentId'
  >;
  /** None for an agent that runs elsewhere. */
  readonly workspaceClass?: ClassVersion;
  readonly template?: TemplateVersion;
  readonly secrets: SecretSnapshot;
  /** Where agents find this controller. */
  readonly platformUrl: string;
}

/** Each step adds what the next one needs, so that leaving one out does not compile. */
export interface Merged extends LaunchSource {
  readonly merged: MergedSpec;
}
export interface WithEnv extends Merged {
  readonly declared: Env;
}
export interface Identified extends WithEnv {
  readonly identity: IdentityEnv;
}
/** All of a launch that needs nothing but memory. Holds secrets: never logged. */
export interface Draft extends Identified {
  readonly files: Files;
  /** The config revision. */
  readonly configHash: string;
}

/** Why a declaration cannot be launched, for its condition `Accepted`. */
export interface Refusal {
  readonly reason: AcceptedReason;
  readonly message: string;
}

/** Built-in < class < template < workspace. */
export function mergeTemplate(source: LaunchSource): Merged {
  const merged = mergeSpec({
    workspaceClass: source.workspaceClass?.spec,
    template: source.template?.spec,
    orgDefaults: undefined,
    workspace: source.record.spec,
  });
  return { ...source, merged };
}

/** Secrets and literal values; everything that is missing is told at once. */
export function readSecrets(source: Merged): WithEnv | Refusal {
  const reading = readEnv(source.merged, source.record.namespace, source.secrets);
  return reading.kind === 'missing'
    ? { reason: 'MissingEnv', message: reading.problems.join('; ') }
    : { ...source, declared: reading.env };
}

/** Who it is: names that nobody can override, and an author for git. */
export function addIdentity(source: WithEnv): Identified {
  const { record, merged, platformUrl } = source;
  const { uid, name, parentId } = record;
  const identity = identityEnv({ ...merged, uid, name, parentId, platformUrl });
  return { ...source, identity };
}

/** Files, and the hash over all that a restart would deliver. Who its children are is no part of that. */
export function renderFiles(source: Identified): Draft | Refusal {
  const { files, problems } = filesOf(source, []);
  return problems.length > 0
    ? { reason: 'InvalidSpec', message: problems.join('; ') }
    : { ...source, files: files.config, configHash: configHashOf(source, files.config) };
}

/** The files that are delivered and restart nobody: its team, as it is now. */
export function contextFiles(draft: Draft, children: readonly Child[]): Files {
  return filesOf(draft, children).files.context;
}

/** All files of a bundle but its credentials, and why they cannot be delivered. */
export function filesOf(
  { merged, record, template }: Merged,
  children: readonly Child[],
): BundleFiles {
  const directories = {
    workspace: record.directories,
    ...(template !== undefined && { template: template.directories }),
  };
  return bundleFiles({ merged, directories, name: record.name, children });
}

/** The environment, with what mutators added. */
export function envOf(source: Identified, mutated: Env = {}): Env {
  const { workspaceClass, merged, declared, identity } = source;
  const runtimes = workspaceClass === undefined ? {} : runtimesOf(workspaceClass.spec);
  const runtime = runtimes[merged.runtime]?.env ?? {};
  return layerEnv({ runtime, declared, mutated, identity });
}

/**
 * Keyed, because the env holds secrets (docs/adr/0004). Without `PARENT_ID`: a move alone restarts nobody. Without the
 * controller's address where no agent calls it.
 */
function configHashOf(source: Identified, files: Draft['files']): string {
  const { record, secrets, workspaceClass } = source;
  const isCalled = workspaceClass?.spec.readiness !== 'Running';
  const left = isCalled ? [] : ['PLATFORM_URL', `${LEGACY_PREFIX}_URL`];
  const env = Object.entries(envOf(source)).filter(
    ([name]) => name !== 'PARENT_ID' && !left.includes(name),
  );
  const restart = [
    record.requests.restartRequestedAt,
    record.requests.resetSessionAt,
    record.annotations[ANNOTATION.restartRequestedAt],
  ].filter((value) => value !== undefined);
  return secrets.keyedHash({ env: Object.fromEntries(env), files, restart });
}
