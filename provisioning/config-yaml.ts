import { Scalar, stringify } from 'yaml';
import { toSeconds } from '../api/schema.ts';
import type { Channel, MergedSpec, Schedule } from './merge-spec.ts';

/** Where the prompts stand in the bundle; agents know `system-prompt.md` by its name (lessons.md, 2.7). */
export const PROMPT_FILE = {
  system: 'system-prompt.md',
  initial: 'initial-prompt.md',
  idle: 'idle-prompt.md',
} as const;

const CONFIG_VERSION = '1.0.0';
/** Between two idle prompts (lessons.md, 2.7). */
const DEFAULT_IDLE_INTERVAL_SECONDS = 600;
/** These bound a task themselves; all others get none, and run as long as the work takes (lessons.md, 2.5). */
const RUNTIMES_WITH_OWN_TIMEOUT: readonly string[] = ['langgraph', 'deepagents'];

/**
 * `config.yaml` as existing agents read it (lessons.md, 2.5 and 2.7), `name` being the one that people see: sorted keys, a
 * list of schedules in the order of their names, equal bytes for an equal spec. Holds no secret. Pure.
 */
export function renderConfigYaml(merged: MergedSpec, name: string): string {
  const { tier, runtime, model, role, prompts, plugins, maxConcurrentTasks } = merged;
  const config = {
    name,
    description: role ?? '',
    version: CONFIG_VERSION,
    tier,
    runtime,
    model: quoted(model),
    max_concurrent_tasks: maxConcurrentTasks,
    plugins,
    schedules: sortedBy(merged.schedules, ({ name }) => name).map(toScheduleEntry),
    channels: sortedBy(merged.channels, ({ type }) => type).map(toChannelEntry),
    ...(!RUNTIMES_WITH_OWN_TIMEOUT.includes(runtime) && { runtime_config: { timeout: 0 } }),
    ...routing(merged.categoryRouting),
    ...initialPrompt(prompts),
    ...idlePrompt(prompts),
  };
  // Version 1.1, which most readers speak, quotes what they would misread: "no", "on", "1:30".
  return stringify(config, {
    version: '1.1',
    sortMapEntries: true,
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
}

function routing(categories: MergedSpec['categoryRouting']): Record<string, unknown> {
  return Object.keys(categories).length === 0 ? {} : { category_routing: categories };
}

function initialPrompt({ initial = '' }: MergedSpec['prompts']): Record<string, unknown> {
  return initial === '' ? {} : { initial_prompt_file: PROMPT_FILE.initial };
}

function idlePrompt({ idle }: MergedSpec['prompts']): Record<string, unknown> {
  if (idle === undefined || idle.text === '') {
    return {};
  }
  return {
    idle_prompt_file: PROMPT_FILE.idle,
    idle_interval_seconds:
      idle.interval === undefined ? DEFAULT_IDLE_INTERVAL_SECONDS : toSeconds(idle.interval),
  };
}

function toScheduleEntry({ name, cron, timeZone, prompt, enabled }: Schedule): object {
  return { name, cron_expr: cron, timezone: timeZone ?? 'UTC', prompt, enabled: enabled ?? true };
}

function toChannelEntry({ type, config, allowedUsers, enabled }: Channel): object {
  return {
    type,
    config: config ?? {},
    allowed_users: allowedUsers ?? [],
    enabled: enabled ?? true,
  };
}

/** A model such as `1.5` stays text for every reader. */
function quoted(text: string): Scalar<string> {
  const scalar = new Scalar(text);
  scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}

/** By code unit, so that no locale changes the bytes. */
function sortedBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  return [...items].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : Number(keyOf(a) > keyOf(b))));
}
