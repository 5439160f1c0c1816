import type { PreparedLaunch } from '../api/launch.ts';
import type { Backend, Bundle, ClassResolution } from '../backends/backend.ts';
import type { InstallationKey, RandomBytes } from '../lib/installation-key.ts';
import { PreparationError } from '../lib/errors.ts';
import type { AttemptKey } from '../store/launches.ts';
import type { WorkspaceRecord } from '../store/workspace-view.ts';
import type { Child } from '../store/children.ts';
import { mintBootstrap, mintCredentials, type MintedCredentials } from './credentials.ts';
import {
  addIdentity,
  contextFiles,
  envOf,
  mergeTemplate,
  readSecrets,
  renderFiles,
  type Draft,
  type LaunchSource,
  type Refusal,
} from './draft.ts';
import type { Env } from './env.ts';
import { mutateEnv, type EnvMutator } from './env-mutators.ts';
import type { MintedValues } from './minted-values.ts';
import { describeMissingEnv, missingEnv } from './required-env.ts';
import type { Wanted } from './wanted.ts';

/** What the pipeline needs of its surroundings. */
export interface PipelineServices {
  readonly mutators: readonly EnvMutator[];
  /** Told what they add. Default: nobody is. */
  readonly minted?: MintedValues;
  readonly key: InstallationKey;
  readonly randomBytes: RandomBytes;
}

/**
 * The steps from a declaration to a launch (design §9), the same for create, replace, restart and wake on every backend:
 *
 *   mergeTemplate → readSecrets → addIdentity → renderFiles      in memory, on every pass: `draftLaunch`
 *   → mutateEnv → checkRequiredEnv                               `completeEnv`
 *   → mintCredentials → bundle                                   for each call: `renderLaunch`
 *   → resolvePlacement → intent                                  for each attempt: `prepareLaunch`
 *
 * A step that fails says why, and nothing is launched.
 */
export function draftLaunch(source: LaunchSource): Draft | Refusal {
  const read = readSecrets(mergeTemplate(source));
  return 'reason' in read ? read : renderFiles(addIdentity(read));
}

/** What is required and not set, as far as it can be told without mutators; undefined when nothing is missing. */
export function findMissingEnv(draft: Draft): Refusal | undefined {
  return refusalOf(draft, envOf(draft));
}

declare const completed: unique symbol;
/** An environment that mutators and the check of required names have passed. */
type CompleteEnv = Env & { readonly [completed]: true };

/** Runs the mutators in order and checks what is required. Throws `PreparationError` naming the step. */
export async function completeEnv(
  draft: Draft,
  { mutators, minted }: Pick<PipelineServices, 'mutators' | 'minted'>,
): Promise<CompleteEnv> {
  const { record, merged } = draft;
  const { uid, namespace, name, parentId } = record;
  const workspace = {
    ...{ uid, namespace, name, runtime: merged.runtime },
    ...(merged.role !== undefined && { role: merged.role }),
    ...(parentId !== undefined && { parentId }),
  };
  const before = envOf(draft);
  const mutated = await mutateEnv(mutators, { workspace, env: before });
  minted?.note(uid, { before, after: mutated });
  const env = envOf(draft, mutated);
  const refusal = refusalOf(draft, env);
  if (refusal !== undefined) {
    throw new PreparationError(refusal.message, { reason: refusal.reason });
  }
  return env as CompleteEnv;
}

function refusalOf({ merged }: Draft, env: Env): Refusal | undefined {
  const missing = missingEnv(merged.requiredEnv, env);
  return missing.length === 0
    ? undefined
    : { reason: 'MissingEnv', message: describeMissingEnv(missing) };
}

/** A bundle and the credentials in it, which have to be stored before it is sent. */
export interface RenderedLaunch {
  readonly bundle: Bundle;
  readonly credentials: MintedCredentials;
}

/** What is known of one call beside the declaration. */
export interface CallSource {
  readonly attempt: AttemptKey;
  /** The inbound secret of an earlier start of the attempt. */
  readonly sealed: string | undefined;
  readonly children: readonly Child[];
  /** Where the instance fetches its bundle: this one is without credentials then, and theirs are those of its bootstrap. */
  readonly launchToken?: string;
}

/** The bundle of one call, with a token of its own. */
export function renderLaunch(
  { draft, env }: { readonly draft: Draft; readonly env: CompleteEnv },
  { attempt, sealed, children, launchToken }: CallSource,
  services: PipelineServices,
): RenderedLaunch {
  const { credentials, files } =
    launchToken === undefined
      ? mintCredentials(attempt, sealed, services)
      : mintBootstrap({ ...attempt, launchToken }, sealed, services);
  const context = contextFiles(draft, children);
  const all = { ...draft.files, ...context, ...files };
  const bundle = { env, files: all, configHash: draft.configHash };
  return { bundle, credentials };
}

/** What is known of one attempt beside its environment. */
export interface PlacementSource {
  readonly record: WorkspaceRecord;
  readonly wanted: Wanted;
  readonly backend: Backend;
  /** Where agents find this controller. */
  readonly platformUrl: string;
  /** What the provider said that this generation of the class means. */
  readonly resolution?: ClassResolution;
}

/**
 * The only maker of a `PreparedLaunch`: asks the backend what the launch will be (reads only) and freezes it. The environment proves
 * that all steps before have passed. Throws what `Backend.resolve` throws.
 */
export async function prepareLaunch(
  _passed: CompleteEnv,
  { record: { uid, namespace, name }, wanted, backend, platformUrl, resolution }: PlacementSource,
): Promise<PreparedLaunch> {
  const { className, classSpec, runtime, tier, inputsHash, configHash } = wanted;
  const owner = { workspaceUid: uid, namespace, name, className };
  const parameters = await backend.resolve({
    ...{ ...owner, classSpec, runtime, tier, platformUrl },
    ...(resolution !== undefined && { resolution }),
  });
  const milliCpus = parameters.milliCpus ?? wanted.milliCpus;
  return {
    ...owner,
    backend: wanted.backend,
    parameters,
    milliCpus,
    inputsHash,
    configHash,
  } as PreparedLaunch;
}
