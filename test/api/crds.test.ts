import { describe, expect, it } from '@jest/globals';
import {
  UNTOUCHED_STATUS,
  workspaceStatusSchema,
  type WorkspaceStatus,
} from '../../api/conditions.ts';
import { toCustomResourceDefinitions } from '../../api/crds.ts';
import { toStructuralSchema, type JsonSchema } from '../../api/structural-schema.ts';
import { valueAt } from '../../api/validation/path.ts';

const CRDS = toCustomResourceDefinitions();
const BY_NAME = CRDS.map((crd) => [crd.metadata.name, crd] as const);

function versionOf(crd: unknown): JsonSchema {
  return valueAt(crd, ['spec', 'versions', 0]) as JsonSchema;
}

function schemaOf(crd: unknown): JsonSchema {
  return valueAt(versionOf(crd), ['schema', 'openAPIV3Schema']) as JsonSchema;
}

function workspaceCrd(): unknown {
  return CRDS.find(({ metadata }) => metadata.name === 'workspaces.treeline.dev');
}

/** Every schema within a schema, by its path; what stands below `default` is data. */
function* walk(schema: JsonSchema, path: string): Generator<readonly [string, JsonSchema]> {
  yield [path, schema];
  for (const [name, field] of Object.entries(schema['properties'] ?? {})) {
    yield* walk(field as JsonSchema, `${path}.${name}`);
  }
  for (const keyword of ['items', 'additionalProperties'].filter((one) => one in schema)) {
    yield* walk(schema[keyword] as JsonSchema, `${path}.${keyword}`);
  }
}

function pathsWhere(crd: unknown, isBroken: (schema: JsonSchema) => boolean): string[] {
  return [...walk(schemaOf(crd), '')].filter(([, one]) => isBroken(one)).map(([path]) => path);
}

const TYPES = ['object', 'array', 'string', 'integer', 'number', 'boolean'];
/** What a structural schema may hold (Kubernetes, "Specifying a structural schema"), as far as ours needs it. */
const KEYWORDS = new Set(
  [
    'type description enum format pattern default required properties items additionalProperties',
    'minimum maximum minLength maxLength minItems maxItems minProperties maxProperties',
    'x-kubernetes-validations x-kubernetes-list-type x-kubernetes-list-map-keys',
    'x-kubernetes-preserve-unknown-fields',
  ].flatMap((line) => line.split(' ')),
);

describe.each(BY_NAME)('the CRD %s is structural:', (_name, crd) => {
  it('every schema has a type', () => {
    expect(pathsWhere(crd, ({ type }) => !TYPES.includes(String(type)))).toEqual([]);
  });

  it('no keyword is used that the API server refuses', () => {
    expect(pathsWhere(crd, (one) => Object.keys(one).some((key) => !KEYWORDS.has(key)))).toEqual(
      [],
    );
  });

  it('no mapping has both named fields and others, or refuses others', () => {
    expect(
      pathsWhere(
        crd,
        (one) =>
          'additionalProperties' in one &&
          ('properties' in one || typeof one['additionalProperties'] !== 'object'),
      ),
    ).toEqual([]);
  });

  it('every list says what its items are', () => {
    expect(pathsWhere(crd, (one) => (one['type'] === 'array') !== 'items' in one)).toEqual([]);
  });

  it('every required field is declared', () => {
    expect(
      pathsWhere(crd, ({ required = [], properties = {} }) =>
        (required as string[]).some((field) => !(field in (properties as object))),
      ),
    ).toEqual([]);
  });

  it('the keys of a list-map are required fields of its items', () => {
    expect(
      pathsWhere(crd, (one) =>
        ((one['x-kubernetes-list-map-keys'] ?? []) as string[]).some(
          (key) => !((valueAt(one, ['items', 'required']) ?? []) as string[]).includes(key),
        ),
      ),
    ).toEqual([]);
  });

  it('every CEL rule has a message, and text it looks at has a greatest length', () => {
    const rules = [...walk(schemaOf(crd), '')].flatMap(
      ([, one]) => (one['x-kubernetes-validations'] ?? []) as JsonSchema[],
    );

    expect(rules.filter(({ rule, message }) => !rule || !message)).toEqual([]);
    expect(
      pathsWhere(
        crd,
        (one) =>
          one['type'] === 'string' &&
          'x-kubernetes-validations' in one &&
          !('maxLength' in one) &&
          !('enum' in one),
      ),
    ).toEqual([]);
  });

  it('the name of an object is held to the rules of a label', () => {
    expect(schemaOf(crd)['x-kubernetes-validations']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ rule: 'size(self.metadata.name) <= 63' }),
        expect.objectContaining({
          rule: `self.metadata.name.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')`,
        }),
      ]),
    );
  });

  it('defaults are given to the status of a workspace only', () => {
    const paths = pathsWhere(crd, (one) => 'default' in one);

    expect(paths.filter((path) => path !== '.status')).toEqual([]);
  });

  it('nothing of ours is left in it', () => {
    expect(JSON.stringify(crd)).not.toContain('x-treeline');
  });
});

describe('the CRDs', () => {
  it('have the names, scopes and short names of the design', () => {
    const names = CRDS.map((crd) => ({
      name: crd.metadata.name,
      scope: valueAt(crd, ['spec', 'scope']),
      shortNames: valueAt(crd, ['spec', 'names', 'shortNames']),
      categories: valueAt(crd, ['spec', 'names', 'categories']),
    }));

    const categories = ['treeline'];
    expect(names).toEqual([
      { name: 'workspaces.treeline.dev', scope: 'Namespaced', shortNames: ['wsp'], categories },
      {
        name: 'workspacetemplates.treeline.dev',
        scope: 'Namespaced',
        shortNames: ['wspt'],
        categories,
      },
      { name: 'workspaceclasses.treeline.dev', scope: 'Cluster', shortNames: ['wspc'], categories },
      { name: 'orgs.treeline.dev', scope: 'Namespaced', shortNames: undefined, categories },
    ]);
  });

  it('show a workspace in the columns of the design', () => {
    const columns = valueAt(versionOf(workspaceCrd()), [
      'additionalPrinterColumns',
    ]) as JsonSchema[];
    const namesOf = (priority: number | undefined) =>
      columns.filter((one) => one['priority'] === priority).map((one) => one['name']);

    expect(namesOf(undefined)).toEqual(['Ready', 'Phase', 'Reason', 'Parent', 'Backend', 'Age']);
    expect(namesOf(1)).toEqual('Available Instance Zone Tier Runtime Attempt Children'.split(' '));
  });

  it.each(BY_NAME)('%s has columns that show declared fields', (_name, crd) => {
    const columns = valueAt(versionOf(crd), ['additionalPrinterColumns']) as { jsonPath: string }[];
    const declared = new Set([...walk(schemaOf(crd), '')].map(([path]) => path));
    const paths = columns
      .map(({ jsonPath }) => jsonPath.replace(/\[\?\(@\.type=="\w+"\)\]/, '.items'))
      .filter((path) => path !== '.metadata.creationTimestamp');

    expect(paths.filter((path) => !declared.has(path))).toEqual([]);
  });

  it('give an untouched workspace a status that no tool calls healthy', () => {
    expect(valueAt(schemaOf(workspaceCrd()), ['properties', 'status', 'default'])).toEqual(
      UNTOUCHED_STATUS,
    );
    expect(valueAt(versionOf(workspaceCrd()), ['subresources'])).toEqual({ status: {} });
  });

  it('refuse a workspace that is its own parent, and another backend for a class', () => {
    const classes = CRDS.find(({ metadata }) => metadata.name.startsWith('workspaceclasses.'));

    expect(schemaOf(workspaceCrd())['x-kubernetes-validations']).toContainEqual({
      rule: '!has(self.spec.parentRef) || self.spec.parentRef.name != self.metadata.name',
      message: 'a workspace cannot be its own parent',
      fieldPath: '.spec.parentRef.name',
    });
    expect(
      valueAt(schemaOf(classes), [
        'properties',
        'spec',
        'properties',
        'backend',
        'x-kubernetes-validations',
      ]),
    ).toEqual([{ rule: 'self == oldSelf', message: 'cannot be changed' }]);
  });

  it('declare every field of the status, or the API server would drop it', () => {
    const status: Required<WorkspaceStatus> = {
      observedGeneration: 1,
      phase: 'Online',
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'Online',
          message: '',
          observedGeneration: 1,
          lastTransitionTime: '',
        },
      ],
      url: '',
      backend: { type: '', id: '', zone: '', image: '', launchedAt: '', attempt: 1 },
      resolved: { template: '', runtime: '', model: '', tier: 1, class: '', configRevision: '' },
      parentUID: '',
      depth: 0,
      children: { total: 0, ready: 0 },
      lastHeartbeatTime: '',
      failures: { count: 0, lastReason: '', nextAttemptAt: '' },
      lastExit: { attempt: 1, code: 0, signal: '', at: '', log: '' },
      rollout: {
        downSince: '',
        deadline: '',
        wasUnwell: true,
        failure: { at: '', reason: 'CrashLoopBackOff' },
      },
      lastHandledReconcileAt: '',
    };
    const schema = valueAt(schemaOf(workspaceCrd()), ['properties', 'status']) as JsonSchema;
    const declared = [...walk(schema, '')].map(([path]) => path).filter((path) => path !== '');

    expect(declared.filter((path) => !path.endsWith('.items')).sort()).toEqual(
      fieldsOf(status, '').sort(),
    );
    expect(Object.keys(workspaceStatusSchema.properties).sort()).toEqual(
      Object.keys(status).sort(),
    );
  });

  it('cannot be made from a keyword that a CRD does not know', () => {
    expect(() => toStructuralSchema({ type: 'string', contentEncoding: 'base64' })).toThrow(
      'no CRD schema for the keyword contentEncoding',
    );
  });
});

function fieldsOf(value: unknown, path: string): string[] {
  if (Array.isArray(value)) {
    return fieldsOf(value[0], `${path}.items`);
  }
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, member]) => [
        `${path}.${name}`,
        ...fieldsOf(member, `${path}.${name}`),
      ])
    : [];
}
