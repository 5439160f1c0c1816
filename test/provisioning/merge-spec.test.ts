import { describe, expect, it } from '@jest/globals';
import type { WorkspaceClassSpec } from '../../api/workspace-class.ts';
import type { WorkspaceTemplateSpec } from '../../api/workspace-template.ts';
import { mergeSpec, type MergedSpec, type SpecLayers } from '../../provisioning/merge-spec.ts';

function merge(layers: Partial<SpecLayers> = {}): MergedSpec {
  return mergeSpec({
    workspaceClass: { backend: 'process' },
    template: undefined,
    orgDefaults: undefined,
    workspace: {},
    ...layers,
  });
}

/** What one field becomes when template, org defaults and workspace say this of it. */
interface Row {
  readonly field: keyof MergedSpec;
  readonly template?: WorkspaceTemplateSpec;
  readonly org?: WorkspaceTemplateSpec;
  readonly workspace?: WorkspaceTemplateSpec;
  readonly is: unknown;
}

const cron = '0 9 * * *';
const ROWS: readonly Row[] = [
  { field: 'runtime', is: 'langgraph' },
  { field: 'runtime', template: { runtime: 'a' }, is: 'a' },
  { field: 'runtime', template: { runtime: 'a' }, org: { runtime: 'b' }, is: 'b' },
  { field: 'runtime', org: { runtime: 'b' }, workspace: { runtime: 'c' }, is: 'c' },
  { field: 'runtime', template: { runtime: 'a' }, workspace: { runtime: 'c' }, is: 'c' },
  { field: 'tier', is: 2 },
  { field: 'tier', template: { tier: 4 }, org: { tier: 3 }, workspace: { tier: 1 }, is: 1 },
  { field: 'model', is: 'anthropic:claude-opus-4-7' },
  { field: 'model', template: { runtime: 'claude-code' }, is: 'sonnet' },
  { field: 'model', template: { model: 'a' }, workspace: { runtime: 'claude-code' }, is: 'a' },
  { field: 'maxConcurrentTasks', is: 1 },
  { field: 'maxConcurrentTasks', template: { maxConcurrentTasks: 3 }, is: 3 },
  { field: 'deletionPolicy', is: 'Delete' },
  { field: 'env', is: [] },
  {
    field: 'env',
    template: {
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '1' },
      ],
    },
    org: { env: [{ name: 'C', value: '2' }] },
    workspace: { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] },
    is: [
      { name: 'B', value: '1' },
      { name: 'C', value: '2' },
      { name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
    ],
  },
  { field: 'envFrom', is: [] },
  {
    field: 'envFrom',
    template: { envFrom: [{ secretRef: { name: 'a' } }] },
    org: { envFrom: [{ secretRef: { name: 'b' } }] },
    workspace: { envFrom: [{ secretRef: { name: 'a' } }] },
    is: [{ secretRef: { name: 'a' } }, { secretRef: { name: 'b' } }, { secretRef: { name: 'a' } }],
  },
  { field: 'requiredEnv', is: [] },
  {
    field: 'requiredEnv',
    template: { requiredEnv: [{ name: 'A' }, { anyOf: ['B', 'C'] }] },
    org: { requiredEnv: [{ name: 'A' }] },
    workspace: { requiredEnv: [{ anyOf: ['B', 'C'] }, { name: 'D' }] },
    is: [{ name: 'A' }, { anyOf: ['B', 'C'] }, { name: 'D' }],
  },
  { field: 'prompts', is: {} },
  {
    field: 'prompts',
    template: { prompts: { system: 'a', initial: 'a', idle: { text: 'a', interval: '5m' } } },
    org: { prompts: { initial: 'b' } },
    workspace: { prompts: { idle: { text: 'c' } } },
    is: { system: 'a', initial: 'b', idle: { text: 'c' } },
  },
  { field: 'files', is: [] },
  {
    field: 'files',
    template: { files: [{ directory: 'files' }] },
    org: { files: [{ inline: { a: '1' } }] },
    workspace: { files: [{ directory: 'files' }, { configMapRef: { name: 'm' } }] },
    is: [
      { directory: 'files', layer: 'template' },
      { inline: { a: '1' }, layer: 'orgDefaults' },
      { directory: 'files', layer: 'workspace' },
      { configMapRef: { name: 'm' }, layer: 'workspace' },
    ],
  },
  { field: 'plugins', is: [] },
  {
    field: 'plugins',
    template: { plugins: ['a', 'b'] },
    org: { plugins: ['!a', 'c'] },
    workspace: { plugins: ['b', 'd', '!nobody'] },
    is: ['b', 'c', 'd'],
  },
  {
    field: 'plugins',
    template: { plugins: ['a', '!a'] },
    workspace: { plugins: ['!b', 'b'] },
    is: ['b'],
  },
  { field: 'plugins', template: { plugins: ['a'] }, workspace: { plugins: [] }, is: ['a'] },
  { field: 'plugins', org: { plugins: ['!a'] }, workspace: { plugins: ['a'] }, is: ['a'] },
  { field: 'schedules', is: [] },
  {
    field: 'schedules',
    template: {
      schedules: [
        { name: 'daily', cron, prompt: 'a' },
        { name: 'other', cron, prompt: 'a' },
      ],
    },
    workspace: { schedules: [{ name: 'daily', cron, prompt: 'b', enabled: false }] },
    is: [
      { name: 'other', cron, prompt: 'a' },
      { name: 'daily', cron, prompt: 'b', enabled: false },
    ],
  },
  { field: 'channels', is: [] },
  {
    field: 'channels',
    template: {
      channels: [{ type: 'chat', config: { room: 'a' } }, { type: 'chat' }, { type: 'mail' }],
    },
    org: { channels: [{ type: 'mail', enabled: false }] },
    workspace: { channels: [{ type: 'chat', config: { room: 'b' } }, { type: 'chat' }] },
    is: [
      { type: 'mail', enabled: false },
      { type: 'chat', config: { room: 'b' } },
      { type: 'chat' },
    ],
  },
  { field: 'categoryRouting', is: {} },
  {
    field: 'categoryRouting',
    template: {
      categoryRouting: { code: ['Dev Lead', 'Coder'], art: ['Painter'], mail: ['Clerk'] },
    },
    org: { categoryRouting: { art: ['Director'] } },
    workspace: { categoryRouting: { code: ['Coder'], mail: [], ['__proto__']: ['Ghost'] } },
    is: { code: ['Coder'], art: ['Director'], ['__proto__']: ['Ghost'] },
  },
  {
    field: 'categoryRouting',
    template: { categoryRouting: { mail: [] } },
    workspace: { categoryRouting: { mail: ['Clerk'] } },
    is: { mail: ['Clerk'] },
  },
  { field: 'hibernateAfterSeconds', is: undefined },
  { field: 'hibernateAfterSeconds', template: { hibernateAfter: '1h30m' }, is: 5400 },
  {
    field: 'hibernateAfterSeconds',
    template: { hibernateAfter: '30m' },
    workspace: { hibernateAfter: '0s' },
    is: undefined,
  },
];

describe('merging a spec', () => {
  it.each(ROWS)('merges $field to $is', ({ field, template, org, workspace, is }) => {
    const merged = merge({ template, orgDefaults: org, workspace: workspace ?? {} });

    expect(merged[field]).toEqual(is);
  });

  it('takes who it is and what becomes of its state from the workspace', () => {
    const merged = merge({
      workspace: { displayName: 'Ada', role: 'writes', deletionPolicy: 'Retain' },
    });

    expect(merged).toMatchObject({
      displayName: 'Ada',
      role: 'writes',
      deletionPolicy: 'Retain',
    });
  });

  it('holds nothing of where a workspace runs or how it should be', () => {
    const bare = merge();

    const merged = merge({
      workspace: {
        parentRef: { name: 'boss' },
        className: 'local',
        templateRef: { name: 'base' },
        collapsed: true,
        layout: { x: 1, y: 2 },
        desiredState: 'Paused',
      },
    });

    expect(merged).toEqual(bare);
  });

  it('leaves its layers as they were', () => {
    const template = { env: [{ name: 'A', value: '1' }], plugins: ['a'], files: [{ inline: {} }] };
    const before = structuredClone(template);

    merge({ template, workspace: { env: [{ name: 'A', value: '2' }], plugins: ['!a'] } });

    expect(template).toEqual(before);
  });
});

/** Which time-out counts, the strongest word first. */
const TIMEOUTS: readonly [string, Partial<SpecLayers>, number][] = [
  ['built in', {}, 600],
  ['built in for a slow runtime', { workspace: { runtime: 'hermes' } }, 1800],
  ['of the class', { workspaceClass: classWith({ default: '5m' }) }, 300],
  [
    'of the class, also for a slow runtime',
    { workspaceClass: classWith({ default: '5m' }), workspace: { runtime: 'hermes' } },
    300,
  ],
  [
    'of the class for this runtime',
    { workspaceClass: classWith({ default: '5m', runtimes: { langgraph: '90s' } }) },
    90,
  ],
  [
    'of the class, not that of another runtime',
    { workspaceClass: classWith({ default: '5m', runtimes: { hermes: '90s' } }) },
    300,
  ],
  [
    'of the template',
    {
      workspaceClass: classWith({ runtimes: { langgraph: '90s' } }),
      template: { provisionTimeout: '2m' },
    },
    120,
  ],
  [
    'of the org defaults',
    { template: { provisionTimeout: '2m' }, orgDefaults: { provisionTimeout: '3m' } },
    180,
  ],
  [
    'of the workspace',
    { orgDefaults: { provisionTimeout: '3m' }, workspace: { provisionTimeout: '1h' } },
    3600,
  ],
];

function classWith(
  provisionTimeout: NonNullable<WorkspaceClassSpec['provisionTimeout']>,
): WorkspaceClassSpec {
  return { backend: 'process', provisionTimeout };
}

describe('the provision time-out', () => {
  it.each(TIMEOUTS)('is the one %s', (_whose, layers, seconds) => {
    expect(merge(layers).provisionTimeoutSeconds).toBe(seconds);
  });
});
