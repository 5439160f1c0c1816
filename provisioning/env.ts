/** Environment: name to value. May hold secrets. */
export type Env = Readonly<Record<string, string>>;

/** Product prefix of two names that existing agents read (lessons.md, 2.5). */
export const LEGACY_PREFIX = 'MOLECULE';

/**
 * Names that say who a workspace is or how it is run. Only the identity and the backend give them: a secret of that name
 * could pass for another workspace, and a root could be given a parent (lessons.md, 2.5).
 */
export const RESERVED_NAMES: readonly string[] = [
  'WORKSPACE_ID',
  'WORKSPACE_NAME',
  'WORKSPACE_ROLE',
  'PARENT_ID',
  'TIER',
  'PLATFORM_URL',
  `${LEGACY_PREFIX}_URL`,
  `${LEGACY_PREFIX}_AGENT_ROLE`,
  'WORKSPACE_CONFIG_PATH',
  'PORT',
  'TREELINE_INSTANCE',
  'TREELINE_INSTANCE_KEY',
];

/**
 * What the loader of programs reads. Only a class may give them: they put other code in the place of the command, and
 * a command comes from the class alone (design §3).
 */
export const LOADER_PREFIXES: readonly string[] = ['LD_', 'DYLD_'];
