import type { Child } from '../store/children.ts';
import { findFileProblems, type Placed } from './bundle-limits.ts';
import { PROMPT_FILE, renderConfigYaml } from './config-yaml.ts';
import { shownName } from './identity.ts';
import type { LayeredFiles, MergedSpec, SpecLayer } from './merge-spec.ts';

/** Relative path to text. */
export type Files = Readonly<Record<string, string>>;

/** Text of declared folders: directory as it is declared, then relative path. */
export type Directories = Readonly<Record<string, Files>>;

/** What the files of a bundle are rendered from. */
export interface FileSources {
  readonly merged: MergedSpec;
  /** Per object that declared files; a layer without folders may be missing. */
  readonly directories: Readonly<Partial<Record<SpecLayer, Directories>>>;
  /** Of the object; the agent sees the display name, if there is one. */
  readonly name: string;
  /** Those below it in the tree, one step down. */
  readonly children: readonly Child[];
}

export interface BundleFiles {
  readonly files: {
    /** A change of these restarts the agent. */
    readonly config: Files;
    /** Delivered beside them and no part of the config revision: a new child must not restart its parent. */
    readonly context: Files;
  };
  /** Why this bundle cannot be delivered, all at once; [] when it can. */
  readonly problems: readonly string[];
}

/** The team of a parent as JSON: a list of `{ uid, name }`. */
const CHILDREN_FILE = 'children.json';

/**
 * The files of an agent. Later ones win, path by path: those of the template, of the org defaults, of the workspace, each in
 * the order of its list, then the generated ones: `config.yaml`, the prompts, `children.json`. Equal sources give equal
 * bytes. Pure; never throws.
 */
export function bundleFiles(sources: FileSources): BundleFiles {
  const declared = sources.merged.files.map((one) => readFiles(one, sources.directories));
  const placed = new Map([
    ...declared.flatMap(({ files }) => files),
    ...generatedFiles(sources).map((file) => [file.path, file] as const),
  ]);
  const files = [...placed.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  const [context, config] = [files.filter(isContext), files.filter((file) => !isContext(file))];
  return {
    files: { config: toFiles(config), context: toFiles(context) },
    problems: [...declared.flatMap(({ problems }) => problems), ...findFileProblems(files)],
  };
}

function isContext({ path }: Placed): boolean {
  return path === CHILDREN_FILE;
}

function toFiles(files: readonly Placed[]): Files {
  return Object.fromEntries(files.map(({ path, text }) => [path, text]));
}

interface DeclaredFiles {
  readonly files: readonly (readonly [path: string, file: Placed])[];
  readonly problems: readonly string[];
}

const WORDS_BY_LAYER: Readonly<Record<SpecLayer, string>> = {
  template: 'the template',
  orgDefaults: 'the defaults of the org',
  workspace: 'the workspace',
};

function readFiles(
  { inline, directory, configMapRef, layer }: LayeredFiles,
  directories: FileSources['directories'],
): DeclaredFiles {
  const origin = WORDS_BY_LAYER[layer];
  const files = inline ?? findDirectory(directories[layer], directory);
  if (files !== undefined) {
    const entries = Object.entries(files);
    return {
      files: entries.map(([path, text]) => [path, { path, text, origin }]),
      problems: [],
    };
  }
  const what =
    configMapRef === undefined
      ? `directory ${String(directory)}`
      : `ConfigMap ${configMapRef.name}`;
  return { files: [], problems: [`files of ${origin}: the ${what} was not read`] };
}

function findDirectory(directories: Directories = {}, name = ''): Files | undefined {
  return Object.hasOwn(directories, name) ? directories[name] : undefined;
}

/** A prompt that is empty is none: a workspace can take back what its template says. */
function generatedFiles({ merged, name, children }: FileSources): Placed[] {
  const { prompts, displayName } = merged;
  const texts: readonly (readonly [string, string | undefined])[] = [
    ['config.yaml', renderConfigYaml(merged, shownName({ name, displayName }))],
    [PROMPT_FILE.system, prompts.system],
    [PROMPT_FILE.initial, prompts.initial],
    [PROMPT_FILE.idle, prompts.idle?.text],
    [CHILDREN_FILE, renderChildren(children)],
  ];
  return texts.flatMap(([path, text = '']) =>
    text === '' ? [] : [{ path, text, origin: undefined }],
  );
}

function renderChildren(children: readonly Child[]): string {
  const sorted = children
    .map(({ uid, name }) => ({ uid, name }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return `${JSON.stringify(sorted, undefined, 2)}\n`;
}
