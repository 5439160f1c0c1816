import { runInThisContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  CANNOT_CHANGE,
  NAME_RULES,
  NODE_NOT_ITS_OWN_PARENT,
  NOT_ITS_OWN_PARENT,
  NO_INSTANCE_ELSEWHERE,
  ONE_SOURCE_OF_VALUE,
  PORT_RANGE_IN_ORDER,
  blockMatchesBackend,
  type Rule,
} from '../../api/rules.ts';
import { BACKENDS } from '../../api/workspace-class.ts';

/**
 * Compiles the little CEL that the rules use: `has(self.a.b)`, `size(x)`, `int(x)`, `x.matches('...')`, `x.split('-')`;
 * operators are as in JavaScript.
 */
function compileCel(cel: string): (variables: Record<string, unknown>) => unknown {
  const script = cel
    .replace(
      /has\(([^)]*)\)/g,
      (_all, path: string) => `(${path.replaceAll('.', '?.')} !== undefined)`,
    )
    .replace(/\.matches\(('[^']*')\)/g, '.search(RegExp($1)) === 0')
    .replace(/ == /g, ' === ')
    .replace(/ != /g, ' !== ');
  return runInThisContext(
    `({ self, oldSelf }) => { const size = (text) => text.length; const int = Number; return ${script}; }`,
  ) as (variables: Record<string, unknown>) => unknown;
}

const name = fc.constantFrom('a', 'b', 'A', '-a', '', 'a-b', 'a.b', 'a'.repeat(63), 'a'.repeat(64));
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const compact = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const CASES: readonly [string, readonly Rule[], fc.Arbitrary<unknown>][] = [
  ['the name of an object', NAME_RULES, fc.record({ metadata: fc.record({ name }) })],
  [
    'the parent of a workspace',
    [NOT_ITS_OWN_PARENT],
    fc.record({
      metadata: fc.record({ name }),
      spec: fc.record({ parentRef: maybe(fc.record({ name })) }),
    }),
  ],
  [
    'the parent of a node',
    [NODE_NOT_ITS_OWN_PARENT],
    fc.record({ key: name, parent: maybe(name) }),
  ],
  [
    'the value of a variable',
    [ONE_SOURCE_OF_VALUE],
    fc.record({ value: maybe(name), valueFrom: maybe(fc.constant({})) }),
  ],
  [
    'an agent that runs elsewhere',
    NO_INSTANCE_ELSEWHERE,
    fc.record({
      external: maybe(fc.constant({})),
      className: maybe(name),
      provisionTimeout: maybe(name),
      hibernateAfter: maybe(name),
      desiredState: maybe(fc.constantFrom('Running', 'Paused', 'Hibernated')),
    }),
  ],
  [
    'the blocks of a class',
    BACKENDS.flatMap(blockMatchesBackend),
    fc.record({
      backend: fc.constantFrom(...BACKENDS),
      process: maybe(fc.constant({})),
      docker: maybe(fc.constant({})),
      ec2: maybe(fc.constant({})),
    }),
  ],
  [
    'a range of ports',
    [PORT_RANGE_IN_ORDER],
    fc
      .tuple(fc.constantFrom(0, 1, 2, 65_535, 65_536), fc.constantFrom(0, 1, 2, 65_535, 65_536))
      .map(([first, last]) => `${first}-${last}`),
  ],
];

describe('rules', () => {
  it.each(CASES)('say the same of %s in CEL and here', (_title, rules, objects) => {
    const compiled = rules.map(({ cel }) => compileCel(cel));
    const seen = new Set<string>();

    fc.assert(
      fc.property(objects, (object) => {
        const self = compact(object);
        const inCel = compiled.map((evaluate) => evaluate({ self }));

        expect(rules.map(({ holds }) => holds(self))).toEqual(inCel);
        rules.forEach((rule, index) => seen.add(`${rule.cel} ${String(inCel[index])}`));
      }),
      { numRuns: 500 },
    );

    // Each rule was seen to hold and to be broken: the comparison was not vacuous.
    expect(seen.size).toBe(rules.length * 2);
  });

  it.each([
    ['docker', 'docker', true],
    ['docker', 'process', false],
  ])('say the same of a change from %s to %s', (oldSelf, self, isAllowed) => {
    expect(CANNOT_CHANGE.allows(self, oldSelf)).toBe(isAllowed);
    expect(compileCel(CANNOT_CHANGE.cel)({ self, oldSelf })).toBe(isAllowed);
  });

  it.each(CASES)('hold their tongue about %s when the types are wrong', (_title, rules) => {
    const junk = [null, 7, 'text', [], { metadata: 1, spec: 2 }, { metadata: null, spec: [] }];

    expect(() => rules.map(({ holds }) => junk.map(holds))).not.toThrow();
  });
});
