import { describe, expect, it } from '@jest/globals';
import { HEADER, problemsOf, read } from './manifest.ts';

/** Roles are free text: what arrives there shows how the YAML around it was read. */
function specOf(body: string): unknown {
  const { documents, problems } = read(`${HEADER}${body}`);
  expect(problems).toEqual([]);
  return documents[0]?.declaration.spec;
}

describe('YAML', () => {
  it.each([
    [
      'a merge key below a field replaces it',
      'tier: 3\n  <<: {tier: 2, role: r}',
      { tier: 2, role: 'r' },
    ],
    [
      'a merge key above a field gives way',
      '<<: {tier: 2, role: r}\n  tier: 3',
      { tier: 3, role: 'r' },
    ],
    ['the first of a list of merged mappings wins', '<<: [{tier: 1}, {tier: 2}]', { tier: 1 }],
    ['a block keeps its line breaks', 'role: |\n    a\n    b', { role: 'a\nb\n' }],
    ['a folded block ends without one', 'role: >-\n    a\n    b', { role: 'a b' }],
    ['a plain scalar over two lines is one text', 'role: 1\n    2', { role: '1 2' }],
    ['a quoted word is text', `role: 'no'`, { role: 'no' }],
    ['a tag makes text', 'role: !!str 014', { role: '014' }],
    ['a lone exclamation mark makes text', 'role: ! 014', { role: '014' }],
    ['a tag makes a number of quoted text', `tier: !!int '2'`, { tier: 2 }],
    ['an octal number is a number', 'tier: 0o2', { tier: 2 }],
    ['a decimal point alone does not make it fractional', 'tier: 2.0', { tier: 2 }],
    ['yes is true', 'collapsed: yes', { collapsed: true }],
    ['off is false', 'collapsed: off', { collapsed: false }],
    ['a date is text', 'role: 2001-12-14', { role: '2001-12-14' }],
    ['a sexagesimal number is text', 'role: 12:30:45', { role: '12:30:45' }],
    [
      'an anchor stands for its value',
      'role: &r text\n  displayName: *r',
      { role: 'text', displayName: 'text' },
    ],
    [
      'a later anchor of the same name counts',
      'role: &r a\n  model: &r b\n  displayName: *r',
      { role: 'a', model: 'b', displayName: 'b' },
    ],
    ['tabs may separate', 'role:\ta', { role: 'a' }],
    ['a comment is no text', 'role: a # b', { role: 'a' }],
    ['a number sign within a word is', 'role: a#b', { role: 'a#b' }],
  ])('%s', (_title, spec, expected) => {
    expect(specOf(`spec:\n  ${spec}\n`)).toEqual(expected);
  });

  it('reads keys as kubectl does: on becomes true, 014 becomes 12', () => {
    const spec = specOf('spec: {files: [{inline: {on: a, 014: b, 1_000: c}}]}\n');

    expect(spec).toEqual({ files: [{ inline: { true: 'a', 12: 'b', 1000: 'c' } }] });
  });

  it('keeps a key named __proto__ a key', () => {
    expect(problemsOf(`${HEADER}spec: {__proto__: {tier: 3}}\n`)).toEqual([
      'team.yaml:4:8: spec.__proto__: unknown field "__proto__"',
    ]);
  });

  it.each(['\r\n', '\n'])('reads lines that end with %j', (lineEnd) => {
    const text = `${HEADER}spec:\n  role: |\n    a\n    b\n  tier: 9\n`.replaceAll('\n', lineEnd);

    expect(problemsOf(text)).toEqual(['team.yaml:8:9: spec.tier: must be <= 4 (got 9)']);
  });

  it('reads JSON, also with tabs and escapes', () => {
    const manifest = {
      apiVersion: 'treeline.dev/v1alpha1',
      kind: 'Workspace',
      metadata: { name: 'ada' },
      spec: { role: 'a/b \u{1f600} "no"', tier: 2 },
    };
    const text = JSON.stringify(manifest, null, '\t').replace('a/b', String.raw`a\/b`);

    expect(read(text).problems).toEqual([]);
    expect(read(text).documents[0]?.declaration.spec).toEqual(manifest.spec);
  });

  it('passes over a byte order mark', () => {
    expect(problemsOf(`\ufeff${HEADER}spec: {}\n`)).toEqual([]);
  });

  it.each([
    [
      'a tab as indentation',
      'spec:\n\ttier: 1\n',
      '5:1: invalid YAML: tabs are not allowed as indentation',
    ],
    ['an open quote', 'spec: {role: "a}\n', '5:1: invalid YAML: missing closing "quote'],
    [
      'an open bracket',
      'spec: {files: [\n',
      '5:1: invalid YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    [
      'a reserved character',
      'spec: {role: @a}\n',
      '4:14: invalid YAML: plain value cannot start with reserved character @',
    ],
    ['an unknown tag', 'spec: {role: !include a.txt}\n', '4:23: spec.role: unknown tag !include'],
    ['a tag on a mapping', 'spec: !!set {role}\n', '4:13: spec: unknown tag !!set'],
    ['a tag that does not fit', 'spec: {role: !!int a}\n', '4:20: spec.role: "a" is not a !!int'],
    ['an unknown alias', 'spec: {role: *a}\n', '4:14: spec.role: alias *a has no anchor before it'],
    [
      'an alias within its anchor',
      'spec: &a {role: *a}\n',
      '4:17: spec.role: alias *a stands inside its own anchor',
    ],
    [
      'a merge of a number',
      'spec: {<<: 1}\n',
      '4:8: spec: << takes a mapping or a list of mappings',
    ],
    [
      'an infinite number',
      'spec: {tier: .inf}\n',
      '4:14: spec.tier: must be a finite number (got .inf)',
    ],
    ['a list as a key', 'spec: {? [a] : 1}\n', '4:10: spec: a key must be text: put it in quotes'],
    ['an empty key', 'spec: {~: 1}\n', '4:8: spec: a key must be text: put it in quotes'],
    ['a fraction as a key', 'spec: {1.5: 1}\n', '4:8: spec: a key must be text: put it in quotes'],
    [
      'a duplicate key',
      'spec:\n  tier: 1\n  tier: 2\n',
      '6:3: spec.tier: duplicate key "tier" (first in line 5)',
    ],
    [
      'a duplicate key in disguise',
      'spec: {files: [{inline: {on: a, "true": b}}]}\n',
      '4:33: spec.files[0].inline.true: duplicate key "true" (first in line 4)',
    ],
  ])('refuses %s', (_title, body, expected) => {
    expect(problemsOf(HEADER + body)).toContain(`team.yaml:${expected}`);
    expect(read(HEADER + body).documents).toEqual([]);
  });

  it('refuses a duplicate key of a document as a whole', () => {
    expect(problemsOf(`${HEADER}spec: {}\nkind: Org\n`)).toContain(
      'team.yaml:5:1: kind: duplicate key "kind" (first in line 2)',
    );
  });

  it('refuses a duplicate key in JSON', () => {
    const text =
      '{"apiVersion":"treeline.dev/v1alpha1","kind":"Workspace","metadata":{"name":"a","name":"b"},"spec":{}}';

    expect(problemsOf(text)).toEqual([
      'team.yaml:1:81: metadata.name: duplicate key "name" (first in line 1)',
    ]);
  });
});
