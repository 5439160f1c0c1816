import type { WorkspaceTemplateSpec } from '../api/workspace-template.ts';

type Prompts = Required<WorkspaceTemplateSpec>['prompts'];
type Routing = Required<WorkspaceTemplateSpec>['categoryRouting'];

// Each rule takes the values that the layers give, the weakest layer first.

/** The strongest layer that says something; undefined when none does. */
export function lastGiven<Value>(given: readonly Value[]): Value | undefined {
  return given.at(-1);
}

/** All of them, those of stronger layers behind. */
export function concatenated<Item>(given: readonly (readonly Item[])[]): Item[] {
  return given.flat();
}

/** All of them, equal ones once. */
export function union<Item>(given: readonly (readonly Item[])[]): Item[] {
  const items = given.flat().map((item) => [JSON.stringify(item), item] as const);
  return [...new Map(items).values()];
}

/** An item takes the place of all those of weaker layers that have the same `key`. */
export function byKey<Key extends string>(
  key: Key,
): <Item extends Readonly<Record<Key, string>>>(given: readonly (readonly Item[])[]) => Item[] {
  return <Item extends Readonly<Record<Key, string>>>(given: readonly (readonly Item[])[]) =>
    given.reduce<Item[]>((weaker, stronger) => {
      const replaced = new Set(stronger.map((item) => item[key]));
      return [...weaker.filter((item) => !replaced.has(item[key])), ...stronger];
    }, []);
}

/** Each name once, at its first place; `!name` takes out what was listed so far (lessons.md, 2.7). */
export function pluginsOf(given: readonly (readonly string[])[]): string[] {
  const plugins = new Set<string>();
  for (const entry of given.flat()) {
    if (entry.startsWith('!')) {
      plugins.delete(entry.slice(1));
    } else {
      plugins.add(entry);
    }
  }
  return [...plugins];
}

/** Key by key; text and interval of `idle` belong together. */
export function promptsOf(given: readonly Prompts[]): Prompts {
  return Object.assign({}, ...given) as Prompts;
}

/** Category by category; a stronger list takes the place of a weaker one, and an empty one drops it (lessons.md, 2.7). */
export function routingOf(given: readonly Routing[]): Routing {
  const lists = new Map(given.flatMap((routing) => Object.entries(routing)));
  return Object.fromEntries([...lists].filter(([, roles]) => roles.length > 0));
}
