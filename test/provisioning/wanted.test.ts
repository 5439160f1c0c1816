import { describe, expect, it } from '@jest/globals';
import type { WorkspaceSpec } from '../../api/workspace.ts';
import type { WorkspaceClassSpec } from '../../api/workspace-class.ts';
import { wantedOf } from '../../provisioning/wanted.ts';
import { classVersion, draft, record } from './builders.ts';

function inputsHash(spec: WorkspaceSpec, classSpec: Partial<WorkspaceClassSpec> = {}): string {
  const workspaceClass = classVersion(classSpec);
  return wantedOf(draft({ record: record({ spec }), workspaceClass }), workspaceClass).inputsHash;
}

const SAMPLE = { runtime: 'sample' };
const RUNTIMES = { sample: { command: ['a'] }, other: { command: ['b'] } };

describe('what a workspace is to run', () => {
  it('is its own word before the built-in one', () => {
    expect(wantedOf(draft({ record: record({ spec: {} }) }), classVersion())).toMatchObject({
      className: 'local',
      backend: 'process',
      runtime: 'langgraph',
      tier: 2,
    });
    expect(
      wantedOf(draft({ record: record({ spec: { runtime: 'sample', tier: 4 } }) }), classVersion()),
    ).toMatchObject({ runtime: 'sample', tier: 4 });
  });

  it.each<readonly [string, WorkspaceSpec, Partial<WorkspaceClassSpec>]>([
    ['another runtime', { runtime: 'other' }, {}],
    ['another tier', { ...SAMPLE, tier: 3 }, {}],
    [
      'another command of its runtime',
      SAMPLE,
      { process: { runtimes: { ...RUNTIMES, sample: { command: ['c'] } } } },
    ],
    [
      'another environment of its runtime',
      SAMPLE,
      { process: { runtimes: { ...RUNTIMES, sample: { command: ['a'], env: { A: '1' } } } } },
    ],
    ['other limits of its tier', SAMPLE, { tiers: { '2': { memoryMiB: 512 } } }],
  ])('needs another instance for %s', (_title, spec, classSpec) => {
    expect(inputsHash(spec, classSpec)).not.toBe(inputsHash(SAMPLE));
  });

  it.each<readonly [string, WorkspaceSpec, Partial<WorkspaceClassSpec>]>([
    ['another env', { ...SAMPLE, env: [{ name: 'A', value: '1' }] }, {}],
    ['another role', { ...SAMPLE, role: 'Design' }, {}],
    [
      'another runtime of the class',
      SAMPLE,
      { process: { runtimes: { sample: RUNTIMES.sample } } },
    ],
    ['limits of another tier', SAMPLE, { tiers: { '3': { memoryMiB: 512 } } }],
    ['another quota', SAMPLE, { quota: { maxWorkspaces: 3 } }],
    ['another rollout', SAMPLE, { rollout: { maxUnavailable: 5 } }],
    ['another range of ports', SAMPLE, { process: { runtimes: RUNTIMES, portRange: '1-2' } }],
  ])('keeps its instance for %s', (_title, spec, classSpec) => {
    expect(inputsHash(spec, classSpec)).toBe(inputsHash(SAMPLE));
  });
});
