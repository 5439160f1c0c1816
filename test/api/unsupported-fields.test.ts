import { describe, expect, it } from '@jest/globals';
import {
  findUnsupportedAnnotations,
  findUnsupportedClassFields,
  findUnsupportedFields,
} from '../../api/unsupported-fields.ts';
import { workspaceClassSpecSchema, type WorkspaceClassSpec } from '../../api/workspace-class.ts';
import { workspaceSpecSchema, type WorkspaceSpec } from '../../api/workspace.ts';

const SUPPORTED: WorkspaceSpec = {
  displayName: 'Ada',
  role: 'Design',
  parentRef: { name: 'root' },
  collapsed: true,
  layout: { x: 1, y: 2 },
  className: 'local',
  runtime: 'sample',
  tier: 2,
  desiredState: 'Hibernated',
  env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }],
  files: [{ inline: { a: 'b' } }, { directory: 'prompts' }],
  deletionPolicy: 'Retain',
  templateRef: { name: 'a' },
  model: 'a',
  hibernateAfter: '10m',
  provisionTimeout: '10m',
  maxConcurrentTasks: 2,
  envFrom: [{ secretRef: { name: 'a' } }],
  requiredEnv: [{ name: 'A' }],
  prompts: { system: 'a' },
  plugins: ['a'],
  schedules: [{ name: 'a', cron: '0 9 * * *', prompt: 'b' }],
  channels: [{ type: 'a' }],
  categoryRouting: { code: ['a'] },
  external: { url: 'http://a' },
};

const UNSUPPORTED: readonly [string, WorkspaceSpec][] = [
  ['files[].configMapRef', { files: [{ configMapRef: { name: 'a' } }] }],
  ['workspaceDir', { workspaceDir: '/a' }],
  ['workspaceAccess', { workspaceAccess: 'readOnly' }],
];

describe('fields without effect yet', () => {
  it('are none in a spec of fields that have one', () => {
    expect(findUnsupportedFields(SUPPORTED)).toEqual([]);
  });

  it('are none in an empty spec', () => {
    expect(findUnsupportedFields({})).toEqual([]);
  });

  it.each(UNSUPPORTED)('name %s', (field, spec) => {
    expect(findUnsupportedFields({ ...SUPPORTED, ...spec })).toEqual([field]);
  });

  it('are all named at once', () => {
    const spec = Object.assign({}, ...UNSUPPORTED.map(([, one]) => one)) as WorkspaceSpec;

    expect(findUnsupportedFields(spec)).toEqual(UNSUPPORTED.map(([field]) => field));
  });

  it('leave no field of the schema undecided', () => {
    const decided = [SUPPORTED, ...UNSUPPORTED.map(([, spec]) => spec)].flatMap(Object.keys);

    expect(new Set(decided)).toEqual(new Set(Object.keys(workspaceSpecSchema.properties)));
  });
});

const CLASS: WorkspaceClassSpec = {
  default: true,
  backend: 'process',
  process: { runtimes: { sample: { command: ['sample'] } } },
  readiness: 'Registered',
  provisionTimeout: { default: '5m' },
  quota: { maxWorkspaces: 3 },
  rollout: { maxUnavailable: 2, replace: 'Manual' },
};

const UNSUPPORTED_IN_CLASS: readonly [string, Partial<WorkspaceClassSpec>][] = [
  ['tiers', { tiers: { '2': { memoryMiB: 512 } } }],
];

describe('fields of a class without effect yet', () => {
  it('are none in a class of fields that have one', () => {
    expect(findUnsupportedClassFields(CLASS)).toEqual([]);
  });

  it.each(UNSUPPORTED_IN_CLASS)('name %s', (field, spec) => {
    expect(findUnsupportedClassFields({ ...CLASS, ...spec })).toEqual([field]);
  });

  it('leave no field of the schema undecided: another backend is not configured', () => {
    const others = { docker: {}, ec2: {} };
    const decided = [CLASS, others, ...UNSUPPORTED_IN_CLASS.map(([, spec]) => spec)];

    expect(new Set(decided.flatMap(Object.keys))).toEqual(
      new Set(Object.keys(workspaceClassSpecSchema.properties)),
    );
  });
});

describe('annotations without effect', () => {
  it.each<readonly [string, Readonly<Record<string, string>>, readonly string[]]>([
    ['are none where there are none', {}, []],
    ['are none of other tools', { 'argocd.argoproj.io/sync-wave': '1', note: 'x' }, []],
    [
      'are none of those that have one',
      {
        'treeline.dev/reconcile': 'disabled',
        'treeline.dev/gc-protect': 'true',
        'treeline.dev/reconcile-requested-at': 'now',
        'treeline.dev/restart-requested-at': 'now',
        'treeline.dev/wake-requested-at': 'now',
      },
      [],
    ],
    [
      'are ours that nobody reads, and those that are mistyped',
      { 'treeline.dev/release': 'true', 'treeline.dev/gc-protected': 'true' },
      ['treeline.dev/gc-protected', 'treeline.dev/release'],
    ],
  ])('%s', (_title, annotations, names) => {
    expect(findUnsupportedAnnotations(annotations)).toEqual(names);
  });
});
