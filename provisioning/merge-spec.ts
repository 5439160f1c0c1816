import { toSeconds } from '../api/schema.ts';
import type { WorkspaceClassSpec } from '../api/workspace-class.ts';
import type { WorkspaceTemplateSpec } from '../api/workspace-template.ts';
import { WORKSPACE_DEFAULTS, type WorkspaceSpec } from '../api/workspace.ts';
import {
  DEFAULT_MAX_CONCURRENT_TASKS,
  defaultModel,
  defaultProvisionTimeoutSeconds,
} from './built-in-defaults.ts';
import {
  byKey,
  concatenated,
  lastGiven,
  pluginsOf,
  promptsOf,
  routingOf,
  union,
} from './merge-rules.ts';

type Given = Required<WorkspaceTemplateSpec>;
export type EnvVariable = Given['env'][number];
export type EnvSource = Given['envFrom'][number];
export type RequiredEnv = Given['requiredEnv'][number];
export type Prompts = Given['prompts'];
export type Schedule = Given['schedules'][number];
export type Channel = Given['channels'][number];

/** Which object declared a field; the names of the layers, the weakest first. */
export type SpecLayer = 'template' | 'orgDefaults' | 'workspace';

/** One source of files; a `directory` is relative to the manifest of the object that declared it. */
export type LayeredFiles = Given['files'][number] & { readonly layer: SpecLayer };

/** What a workspace is to run, resolved: every layer merged, every default filled in. Holds no secret. */
export interface MergedSpec {
  readonly runtime: string;
  readonly model: string;
  readonly tier: number;
  readonly env: readonly EnvVariable[];
  readonly envFrom: readonly EnvSource[];
  readonly requiredEnv: readonly RequiredEnv[];
  readonly prompts: Prompts;
  /** Later ones win, path by path. */
  readonly files: readonly LayeredFiles[];
  readonly plugins: readonly string[];
  readonly schedules: readonly Schedule[];
  readonly channels: readonly Channel[];
  /** No empty lists. */
  readonly categoryRouting: Given['categoryRouting'];
  readonly maxConcurrentTasks: number;
  readonly provisionTimeoutSeconds: number;
  /** None: never. */
  readonly hibernateAfterSeconds?: number;
  readonly role?: string;
  readonly displayName?: string;
  readonly deletionPolicy: 'Delete' | 'Retain';
}

/** What is merged; of a class only what it says of the launch counts here, the rest of it says *where*. */
export interface SpecLayers {
  /** undefined for an agent that runs elsewhere. */
  readonly workspaceClass: WorkspaceClassSpec | undefined;
  readonly template: WorkspaceTemplateSpec | undefined;
  readonly orgDefaults: WorkspaceTemplateSpec | undefined;
  readonly workspace: WorkspaceSpec;
}

type Content = Omit<Given, 'files'> & { readonly files: readonly LayeredFiles[] };
type Layer = Partial<Content>;
type MergeRules = {
  readonly [Field in keyof Content]: (
    given: readonly Content[Field][],
  ) => Content[Field] | undefined;
};

/** How each field merges over template < org defaults < workspace; the values that were given, the weakest first. */
const MERGE_RULES: MergeRules = {
  runtime: lastGiven,
  model: lastGiven,
  tier: lastGiven,
  maxConcurrentTasks: lastGiven,
  provisionTimeout: lastGiven,
  hibernateAfter: lastGiven,
  prompts: promptsOf,
  env: byKey('name'),
  schedules: byKey('name'),
  channels: byKey('type'),
  categoryRouting: routingOf,
  envFrom: concatenated,
  files: concatenated,
  requiredEnv: union,
  plugins: pluginsOf,
};

/** The weakest layer, which has a value for every field that a merged spec always has. */
const BUILT_IN = {
  runtime: WORKSPACE_DEFAULTS.runtime,
  tier: WORKSPACE_DEFAULTS.tier,
  maxConcurrentTasks: DEFAULT_MAX_CONCURRENT_TASKS,
  prompts: {},
  env: [],
  envFrom: [],
  requiredEnv: [],
  files: [],
  plugins: [],
  schedules: [],
  channels: [],
  categoryRouting: {},
} satisfies Layer;

/** Built-in < class < template < org defaults < workspace, field by field (docs/adr/0004). Pure; never throws. */
export function mergeSpec({
  workspaceClass,
  template,
  orgDefaults,
  workspace,
}: SpecLayers): MergedSpec {
  const { model, provisionTimeout, hibernateAfter, ...content } = mergeLayers([
    BUILT_IN,
    layerOf('template', template),
    layerOf('orgDefaults', orgDefaults),
    layerOf('workspace', workspace),
  ]);
  const { displayName, role, deletionPolicy } = workspace;
  return {
    ...content,
    model: model ?? defaultModel(content.runtime),
    provisionTimeoutSeconds: timeoutSeconds(provisionTimeout, workspaceClass, content.runtime),
    ...hibernation(hibernateAfter),
    ...(displayName !== undefined && { displayName }),
    ...(role !== undefined && { role }),
    deletionPolicy: deletionPolicy ?? WORKSPACE_DEFAULTS.deletionPolicy,
  };
}

type Merged = Layer & Pick<Content, keyof typeof BUILT_IN>;

/** The fields of the table and no others, so that what says *where* stays out. */
function mergeLayers(layers: readonly Layer[]): Merged {
  const fields = Object.keys(MERGE_RULES) as (keyof Content)[];
  const merged = fields.map((field) => [field, mergeField(field, layers)] as const);
  return Object.fromEntries(merged.filter(([, value]) => value !== undefined)) as unknown as Merged;
}

function mergeField<Field extends keyof Content>(
  field: Field,
  layers: readonly Layer[],
): Content[Field] | undefined {
  const given = layers.map((layer) => layer[field]).filter((value) => value !== undefined);
  return MERGE_RULES[field](given);
}

function layerOf(layer: SpecLayer, spec: WorkspaceTemplateSpec = {}): Layer {
  const { files, ...others } = spec;
  return {
    ...others,
    ...(files !== undefined && { files: files.map((one) => ({ ...one, layer })) }),
  };
}

function timeoutSeconds(
  declared: string | undefined,
  workspaceClass: WorkspaceClassSpec | undefined,
  runtime: string,
): number {
  const { provisionTimeout } = workspaceClass ?? {};
  const given = declared ?? provisionTimeout?.runtimes?.[runtime] ?? provisionTimeout?.default;
  return given === undefined ? defaultProvisionTimeoutSeconds(runtime) : toSeconds(given);
}

/** `0s` takes back what a weaker layer says: nobody wants an agent that is stopped the moment it rests. */
function hibernation(after: string | undefined): Pick<MergedSpec, 'hibernateAfterSeconds'> {
  const seconds = toSeconds(after ?? '');
  return seconds === 0 ? {} : { hibernateAfterSeconds: seconds };
}
