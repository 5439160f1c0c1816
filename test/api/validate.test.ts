import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { validateDeclaration } from '../../api/validate.ts';

function manifest(spec: unknown, { kind = 'Workspace', metadata = {} } = {}): unknown {
  return {
    apiVersion: 'treeline.dev/v1alpha1',
    kind,
    metadata: { name: 'ada', ...metadata },
    spec,
  };
}

/** The problems as `path: message`; [] for a valid manifest. */
function problemsIn(raw: unknown): string[] {
  const validated = validateDeclaration(raw);
  return 'problems' in validated
    ? validated.problems.map(({ path, message }) => `${path}: ${message}`)
    : [];
}

const PROCESS = { runtimes: { sample: { command: ['node', 'agent.ts'] } } };

describe('an agent that runs elsewhere', () => {
  it('has nothing that speaks of an instance beside it, and everything else', () => {
    const external = { url: 'http://192.168.0.7' };
    const ofAnInstance = {
      ...{ className: 'local', provisionTimeout: '1m', hibernateAfter: '1h' },
      ...{ desiredState: 'Hibernated' },
    };
    const why = 'has no effect on an agent that runs elsewhere (external)';

    expect(problemsIn(manifest({ external, desiredState: 'Paused', tier: 3 }))).toEqual([]);
    expect(problemsIn(manifest({ external, ...ofAnInstance })).sort()).toEqual([
      `spec.className: ${why} (got "local")`,
      `spec.desiredState: ${why} (got "Hibernated")`,
      `spec.hibernateAfter: ${why} (got "1h")`,
      `spec.provisionTimeout: ${why} (got "1m")`,
    ]);
  });
});

describe('a valid manifest', () => {
  it('becomes a declaration in the namespace default', () => {
    expect(validateDeclaration(manifest({ tier: 2 }))).toEqual({
      declaration: {
        kind: 'Workspace',
        namespace: 'default',
        name: 'ada',
        labels: {},
        annotations: {},
        spec: { tier: 2 },
      },
    });
  });

  it('keeps namespace, labels and annotations', () => {
    const metadata = {
      namespace: 'team',
      labels: { 'example.com/team': 'design', empty: '' },
      annotations: { 'treeline.dev/reconcile': 'disabled' },
    };

    expect(validateDeclaration(manifest({}, { metadata }))).toMatchObject({
      declaration: metadata,
    });
  });

  it('has no namespace when its kind is cluster-scoped, whatever it says, as with the API server', () => {
    const raw = manifest(
      { backend: 'process', process: PROCESS },
      { kind: 'WorkspaceClass', metadata: { namespace: 'team' } },
    );

    expect(validateDeclaration(raw)).toMatchObject({ declaration: { namespace: '' } });
  });

  it('may be what a server answered: its own fields are ignored', () => {
    const raw = {
      ...(manifest({}) as object),
      metadata: {
        name: 'ada',
        uid: 'u',
        generation: 3,
        creationTimestamp: null,
        managedFields: [],
        finalizers: ['treeline.dev/instance'],
        applySet: 'cli',
        labels: null,
        annotations: null,
        namespace: null,
      },
      status: { phase: 'Online' },
    };

    expect(problemsIn(raw)).toEqual([]);
  });

  it.each([
    ['WorkspaceTemplate', { runtime: 'langgraph', plugins: ['a', '!b'] }],
    ['WorkspaceClass', { backend: 'docker', docker: { anything: [1] } }],
    ['WorkspaceClass', { backend: 'process', process: { ...PROCESS, portRange: '20000-20999' } }],
    [
      'Org',
      {
        workspaces: [
          { key: 'a/b', name: 'b', parent: 'a' },
          { key: 'a', name: 'a' },
        ],
      },
    ],
  ])('may be a %s', (kind, spec) => {
    expect(problemsIn(manifest(spec, { kind }))).toEqual([]);
  });
});

describe('a broken manifest', () => {
  it.each([
    [null, [': must be a mapping with apiVersion, kind, metadata and spec']],
    [[], [': must be a mapping with apiVersion, kind, metadata and spec']],
    ['text', [': must be a mapping with apiVersion, kind, metadata and spec']],
    [{}, ['apiVersion: is required', 'kind: is required', 'metadata: is required']],
    [
      { apiVersion: 'treeline.dev/v1alpha1', kind: 'Workspace', metadata: {}, spec: {} },
      ['metadata.name: is required'],
    ],
    [
      { apiVersion: 'treeline.dev/v1alpha1', kind: 'Workspace', metadata: { name: 'a' } },
      ['spec: is required'],
    ],
    [
      { apiVersion: 1, kind: 2, metadata: [] },
      [
        'apiVersion: must be a string (got 1)',
        'kind: must be a string (got 2)',
        'metadata: must be a mapping (got a list)',
      ],
    ],
    [
      { ...(manifest({}) as object), specs: {} },
      ['specs: unknown field "specs", did you mean "spec"?'],
    ],
  ])('%j lacks what every manifest has', (raw, problems) => {
    expect(problemsIn(raw)).toEqual(problems);
  });

  it.each([
    [
      'Ada',
      'must be lower case letters, digits and "-", with a letter or digit at both ends (got "Ada")',
    ],
    [
      '-ada',
      'must be lower case letters, digits and "-", with a letter or digit at both ends (got "-ada")',
    ],
    [
      'a.b',
      'must be lower case letters, digits and "-", with a letter or digit at both ends (got "a.b")',
    ],
    [
      '',
      'must be lower case letters, digits and "-", with a letter or digit at both ends (got "")',
    ],
    ['a'.repeat(64), `must be at most 63 characters (got "${'a'.repeat(60)}"..., 64 characters)`],
    ['a'.repeat(300), `must be at most 63 characters (got "${'a'.repeat(60)}"..., 300 characters)`],
    [7, 'must be a string (got 7)'],
    [null, 'must be a string (got nothing)'],
  ])('may not have the name %j', (name, message) => {
    expect(problemsIn(manifest({}, { metadata: { name } }))).toEqual([`metadata.name: ${message}`]);
  });

  it.each([
    [{ labels: { team: 7 } }, 'labels.team: must be a string (got 7)'],
    [
      { labels: { team: 'a b' } },
      'labels.team: must be at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends (got "a b")',
    ],
    [
      { labels: { 'a b': 'c' } },
      'labels["a b"]: the key must be a name such as team or example.com/team',
    ],
    [{ annotations: { a: true } }, 'annotations.a: must be a string (got true)'],
    [{ annotations: ['a'] }, 'annotations: must be a mapping (got a list)'],
    [
      { namespace: 'A' },
      'namespace: must be lower case letters, digits and "-", with a letter or digit at both ends (got "A")',
    ],
    [{ lables: {} }, 'lables: unknown field "lables", did you mean "labels"?'],
    [{ generateName: 'a-' }, 'generateName: unknown field "generateName"'],
  ])('may not have the metadata %j', (metadata, problem) => {
    expect(problemsIn(manifest({}, { metadata }))).toEqual([`metadata.${problem}`]);
  });

  it.each([
    [{ teir: 2 }, ['teir: unknown field "teir", did you mean "tier"?']],
    [{ Tier: 2 }, ['Tier: unknown field "Tier", did you mean "tier"?']],
    [{ zzz: 2 }, ['zzz: unknown field "zzz"']],
    [{ tier: 7 }, ['tier: must be <= 4 (got 7)']],
    [{ tier: 0 }, ['tier: must be >= 1 (got 0)']],
    [{ tier: 2.5 }, ['tier: must be an integer (got 2.5)']],
    [{ tier: '2' }, ['tier: must be an integer (got "2")']],
    [{ collapsed: 'yes' }, ['collapsed: must be true or false (got "yes")']],
    [{ role: null }, ['role: must be a string (got nothing)']],
    [{ role: {} }, ['role: must be a string (got a mapping)']],
    [
      { displayName: 'a'.repeat(256) },
      [`displayName: must be at most 255 characters (got "${'a'.repeat(60)}"..., 256 characters)`],
    ],
    [{ model: '' }, ['model: must not be empty']],
    [
      { desiredState: 'paused' },
      [
        'desiredState: must be one of Running, Paused, Hibernated (got "paused", did you mean "Paused"?)',
      ],
    ],
    [{ desiredState: true }, ['desiredState: must be a string (got true)']],
    [{ parentRef: 'bob' }, ['parentRef: must be a mapping (got "bob")']],
    [{ parentRef: {} }, ['parentRef.name: is required']],
    [
      { parentRef: { name: 'ada' } },
      ['parentRef.name: a workspace cannot be its own parent (got "ada")'],
    ],
    [
      { parentRef: { name: 'Bob', nmae: 1 } },
      [
        'parentRef.nmae: unknown field "nmae", did you mean "name"?',
        'parentRef.name: must be lower case letters, digits and "-", with a letter or digit at both ends (got "Bob")',
      ],
    ],
    [
      { hibernateAfter: '10 min' },
      ['hibernateAfter: must be a length of time such as 90s, 10m or 1h30m (got "10 min")'],
    ],
    [{ env: {} }, ['env: must be a list (got a mapping)']],
    [{ env: [{ name: 'A' }] }, ['env[0]: give either value or valueFrom']],
    [
      { env: [{ name: 'A', value: '', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] },
      ['env[0]: give either value or valueFrom'],
    ],
    [
      { env: [{ name: 'A-B', value: '' }] },
      ['env[0].name: must be letters, digits and "_", and not begin with a digit (got "A-B")'],
    ],
    [
      {
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ],
      },
      ['env[1].name: another item of the list has the name "A"'],
    ],
    [{ files: [{}] }, ['files[0]: must have at least 1 of inline, configMapRef, directory']],
    [
      { files: [{ directory: 'a', inline: {} }] },
      ['files[0]: must have at most 1 of inline, configMapRef, directory (got 2)'],
    ],
    [
      { files: [{ directory: '/etc' }] },
      ['files[0].directory: must be a path relative to the manifest (got "/etc")'],
    ],
    [
      { files: [{ directory: '' }] },
      ['files[0].directory: must be a path relative to the manifest (got "")'],
    ],
    [{ requiredEnv: [{ anyOf: [] }] }, ['requiredEnv[0].anyOf: must have at least 1 item']],
    [{ layout: { x: 1 } }, ['layout.y: is required']],
    [{ plugins: Array(101).fill('a') }, ['plugins: must have at most 100 items (got 101)']],
    [{ workspaceDir: 'a' }, ['workspaceDir: must match ^/ (got "a")']],
  ])('may not have the spec %j', (spec, problems) => {
    expect(problemsIn(manifest(spec))).toEqual(problems.map((problem) => `spec.${problem}`));
  });

  it.each(['../a', '/a', 'a/../b', 'a//b', './a', 'a/', '', 'a\\b', 'a\nb', '..', '.'])(
    'may not have a file at %j',
    (path) => {
      expect(problemsIn(manifest({ files: [{ inline: { [path]: '' } }] }))).toEqual([
        `spec.files[0].inline[${JSON.stringify(path)}]: the key must be a relative path without "." and ".."`,
      ]);
    },
  );

  it.each(['a', 'a/b.md', '.env', 'a/.b/..c', '...', 'a b/\u00e9'])(
    'may have a file at %j',
    (path) => {
      expect(problemsIn(manifest({ files: [{ inline: { [path]: '' } }] }))).toEqual([]);
    },
  );

  it.each([
    [{ backend: 'process' }, ['process: is required for backend "process"']],
    [
      { backend: 'docker', docker: {}, process: PROCESS },
      ['process: is for backend "process" only'],
    ],
    [
      { backend: 'ec2', docker: {} },
      ['docker: is for backend "docker" only', 'ec2: is required for backend "ec2"'],
    ],
    [{}, ['backend: is required']],
    [
      { backend: 'process', process: { runtimes: {} } },
      ['process.runtimes: must have at least 1 entry'],
    ],
    [
      { backend: 'process', process: { runtimes: { a: { command: [] } } } },
      ['process.runtimes.a.command: must have at least 1 item'],
    ],
    [
      { backend: 'process', process: { runtimes: { A: { command: ['a'] } } } },
      [
        'process.runtimes.A: the key must be lower case letters, digits and "-", with a letter or digit at both ends',
      ],
    ],
    [
      { backend: 'process', process: { ...PROCESS, portRange: '9-1' } },
      ['process.portRange: must be first-last, with 1 <= first <= last <= 65535 (got "9-1")'],
    ],
    [
      { backend: 'process', process: { ...PROCESS, portRange: '1-70000' } },
      ['process.portRange: must be first-last, with 1 <= first <= last <= 65535 (got "1-70000")'],
    ],
    [
      { backend: 'process', process: { ...PROCESS, portRange: '80' } },
      ['process.portRange: must be a range of ports such as 20000-20999 (got "80")'],
    ],
  ])('may not be the class %j', (spec, problems) => {
    expect(problemsIn(manifest(spec, { kind: 'WorkspaceClass' }))).toEqual(
      problems.map((problem) => `spec.${problem}`),
    );
  });

  it.each([
    [
      [
        { key: 'a', name: 'a' },
        { key: 'a', name: 'b' },
      ],
      'workspaces[1].key: another item of the list has the key "a"',
    ],
    [
      [{ key: 'a', name: 'a', parent: 'a' }],
      'workspaces[0].parent: a node cannot be its own parent (got "a")',
    ],
    [[{ name: 'a' }], 'workspaces[0].key: is required'],
    [
      [{ key: 'a', name: 'a', parentRef: { name: 'b' } }],
      'workspaces[0].parentRef: unknown field "parentRef", did you mean "parent"?',
    ],
  ])('may not be the org of %j', (workspaces, problem) => {
    expect(problemsIn(manifest({ workspaces }, { kind: 'Org' }))).toEqual([`spec.${problem}`]);
  });

  it('has all its problems named at once', () => {
    const raw = manifest(
      { tier: 9, role: 1, env: [{ name: '1' }], desiredState: 'Off' },
      { metadata: { name: 'A', labels: { a: 1 } } },
    );

    expect(problemsIn(raw)).toHaveLength(7);
  });

  it('never makes the check throw', () => {
    const value = fc.anything({ withNullPrototype: true });

    fc.assert(
      fc.property(value, value, value, (spec, metadata, raw) => {
        const answers = [
          validateDeclaration(raw),
          validateDeclaration({ ...(manifest(spec) as object) }),
          validateDeclaration({ ...(manifest({}) as object), metadata }),
        ];

        expect(
          answers.filter((answer) => 'problems' in answer === 'declaration' in answer),
        ).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});
