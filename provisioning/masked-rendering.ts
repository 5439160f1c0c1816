import { toRevision } from '../api/config-revision.ts';
import type { Rendering } from '../api/rendering.ts';
import { backendKeyOf } from '../api/workspace-class.ts';
import type { SecretLookup, SecretSnapshot } from '../sources/source.ts';
import type { Child } from '../store/children.ts';
import type { Files } from './bundle-files.ts';
import { CREDENTIAL_FILES } from './credentials.ts';
import {
  addIdentity,
  envOf,
  filesOf,
  mergeTemplate,
  type LaunchSource,
  type Merged,
  type Refusal,
} from './draft.ts';
import type { Env } from './env.ts';
import { MASK } from './mask-values.ts';
import { draftLaunch } from './pipeline.ts';
import { readWhatIsThere } from './read-env.ts';
import { describeMissingEnv, missingEnv } from './required-env.ts';
import { wantedOf } from './wanted.ts';

/** What is known of a launch beside its declaration. */
export interface RenderingSurroundings {
  readonly record: LaunchSource['record'];
  /** Names of the env mutators, in order; they are not run. */
  readonly mutators: readonly string[];
  readonly children: readonly Child[];
}

/**
 * What the pipeline would deliver, with `***` for every value that comes from a secret. What is missing is listed, and the
 * rest is shown all the same. Pure; never throws.
 */
export function maskedRendering(
  source: LaunchSource | Refusal,
  surroundings: RenderingSurroundings,
): Rendering {
  const { uid, namespace, name, spec } = surroundings.record;
  // What an agent elsewhere fetches has none: an operator gave them to it.
  const credentials = spec.external === undefined ? [...CREDENTIAL_FILES] : [];
  const head = { uid, namespace, name, mutators: [...surroundings.mutators] };
  const content =
    'reason' in source
      ? { ...NOTHING, missing: [source.message] }
      : contentOf(mergeTemplate(source), surroundings);
  return { ...head, ...content, credentials };
}

const NOTHING = { env: {}, files: [], plugins: [], schedules: [], channels: [] };

function contentOf(source: Merged, { mutators, children }: RenderingSurroundings) {
  const { workspaceClass, template, merged } = source;
  const env = maskedEnv(source);
  const { files, problems } = filesOf(source, children);
  const required = missingEnv(merged.requiredEnv, env);
  const { runtime, model, tier, plugins, schedules, channels } = merged;
  return {
    ...(workspaceClass !== undefined && {
      class: workspaceClass.name,
      backend: backendKeyOf(workspaceClass.spec),
    }),
    ...(template !== undefined && { template: template.name }),
    ...{ runtime, model, tier, env },
    missing: [...envProblems(source), ...required.map(withHope(mutators)), ...problems],
    files: toEntries({ ...files.config, ...files.context }, declaredPaths(source)),
    plugins: [...plugins],
    schedules: [...schedules],
    channels: [...channels],
    ...hashesOf(source),
  };
}

/**
 * The same layers in the same order as for a launch, over secrets whose values were replaced before anything read them: no
 * path leads from a value to the answer. An empty value counts as none in `requiredEnv`, so it stays empty.
 */
function maskedEnv(source: Merged): Env {
  const { merged, record, secrets } = source;
  const { env } = readWhatIsThere(merged, record.namespace, masked(secrets));
  const all = envOf(addIdentity({ ...source, declared: env }));
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function masked(secrets: SecretSnapshot): SecretSnapshot {
  return {
    find: (namespace, name) => maskLookup(secrets.find(namespace, name)),
    global: (namespace) => maskLookup(secrets.global(namespace)),
    revision: (namespace) => secrets.revision(namespace),
    keyedHash: (value) => secrets.keyedHash(value),
  };
}

function maskLookup(lookup: SecretLookup): SecretLookup {
  if (lookup.kind === 'problem') {
    return lookup;
  }
  const entries = Object.entries(lookup.values).map(([key, value]) => [
    key,
    value === '' ? '' : MASK,
  ]);
  return { kind: 'found', values: Object.fromEntries(entries) as Readonly<Record<string, string>> };
}

/** Names only, as `readEnv` promises. */
function envProblems({ merged, record, secrets }: Merged): readonly string[] {
  return readWhatIsThere(merged, record.namespace, secrets).problems;
}

function withHope(mutators: readonly string[]): (missing: string) => string {
  const hope = mutators.length === 0 ? '' : ' (unless an env mutator adds it)';
  return (missing) => `${describeMissingEnv([missing])}${hope}`;
}

/** Paths that people declared: their text is theirs to read where they wrote it. */
function declaredPaths(source: Merged): ReadonlySet<string> {
  const { inline, folders } = {
    inline: source.merged.files.flatMap((one) => Object.keys(one.inline ?? {})),
    folders: [source.record.directories, source.template?.directories ?? {}],
  };
  const inFolders = folders.flatMap((one) => Object.values(one).flatMap(Object.keys));
  return new Set([...inline, ...inFolders]);
}

function toEntries(files: Files, declared: ReadonlySet<string>): Rendering['files'] {
  return Object.entries(files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, text]) => ({
      path,
      bytes: Buffer.byteLength(text),
      ...(!declared.has(path) && { text }),
    }));
}

/** Of a declaration that can be launched; keyed where secrets are part of it. */
function hashesOf(source: LaunchSource): Pick<Rendering, 'inputsHash' | 'configRevision'> {
  const draft = draftLaunch(source);
  const { workspaceClass } = source;
  return 'reason' in draft
    ? {}
    : {
        ...(workspaceClass !== undefined && {
          inputsHash: toRevision(wantedOf(draft, workspaceClass).inputsHash),
        }),
        configRevision: toRevision(draft.configHash),
      };
}
