import { afterAll, describe, expect, it } from '@jest/globals';
import { Explorer, type Exploration } from './explore.ts';
import { MUTANTS, NEVER_ALONE, NEVER_ALONE_WORLDS } from './mutants.ts';
import { tableOf, traceOf, type Line } from './report.ts';
import { without, type Rules } from './setting.ts';
import { SMALL_WORLDS, worldsFor, type WorldCase } from './worlds.ts';

const IS_SOAK = process.env['TREELINE_SOAK'] === '1';
/** A large world takes about a minute of a core that nobody else uses. */
const MOST_MILLISECONDS = IS_SOAK ? 1_800_000 : 120_000;

const lines: Line[] = [];
const traces: string[] = [];

function exploreWorld(
  { name, initial, setting, mostStates }: WorldCase,
  rules?: Rules,
): Exploration {
  const explorer = new Explorer(rules === undefined ? setting : { ...setting, rules });
  const exploration = explorer.explore(initial, mostStates);
  lines.push({ name, exploration });
  return exploration;
}

function worldNamed(name: string): WorldCase {
  const found = SMALL_WORLDS.find((one) => one.name === name);
  if (found === undefined) {
    throw new Error(`there is no world "${name}"`);
  }
  return found;
}

afterAll(() => {
  process.stdout.write(`\n${tableOf(lines)}\n\n${traces.join('\n\n')}\n`);
});

describe('the rules together', () => {
  it.each(worldsFor(IS_SOAK))(
    'keep one instance per workspace, whatever happens: $name',
    (world) => {
      expect(traceOf(exploreWorld(world))).toBe('nothing wrong');
    },
    MOST_MILLISECONDS,
  );
});

describe('without one rule', () => {
  it.each(MUTANTS)(
    'something goes wrong: $rule, in the world "$world"',
    ({ rule, world, violation }) => {
      const { name, ...rest } = worldNamed(world);

      const exploration = exploreWorld({ ...rest, name: `${name}, no ${rule}` }, without(rule));

      traces.push(`without ${rule}: ${traceOf(exploration)}`);
      expect(traceOf(exploration)).toMatch(violation);
    },
    MOST_MILLISECONDS,
  );

  it.each(NEVER_ALONE)(
    'no instance is doubled, lost or ended by mistake: %s',
    (rule) => {
      const found = NEVER_ALONE_WORLDS.map(worldNamed).map(({ name, ...rest }) =>
        exploreWorld({ ...rest, name: `${name}, no ${rule}` }, without(rule)),
      );

      expect(found.map(traceOf)).toEqual(NEVER_ALONE_WORLDS.map(() => 'nothing wrong'));
    },
    MOST_MILLISECONDS,
  );
});
