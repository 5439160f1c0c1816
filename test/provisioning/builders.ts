import type { BundleSource } from '../../provisioning/bundle.ts';
import type { ClassVersion } from '../../store/workspace-view.ts';

/** A workspace that declares nothing but its runtime. */
export function source(overrides: Partial<BundleSource> = {}): BundleSource {
  return {
    uid: 'uid-ada',
    name: 'ada',
    spec: { runtime: 'sample' },
    annotations: {},
    directories: {},
    requests: {},
    ...overrides,
  };
}

/** A class of the process backend with two runtimes. */
export function classVersion(spec: Partial<ClassVersion['spec']> = {}): ClassVersion {
  return {
    uid: 'uid-local',
    name: 'local',
    generation: 1,
    spec: {
      backend: 'process',
      process: { runtimes: { sample: { command: ['a'] }, other: { command: ['b'] } } },
      ...spec,
    },
  };
}
