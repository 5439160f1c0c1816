import { draftLaunch } from '../../provisioning/pipeline.ts';
import type { Draft, LaunchSource } from '../../provisioning/draft.ts';
import type { ClassVersion } from '../../store/workspace-view.ts';
import { secretSnapshot } from '../support/provisioning.ts';

/** A workspace that declares nothing but its runtime. */
export function record(overrides: Partial<LaunchSource['record']> = {}): LaunchSource['record'] {
  return {
    uid: 'uid-ada',
    namespace: 'default',
    name: 'ada',
    spec: { runtime: 'sample' },
    annotations: {},
    directories: {},
    requests: {},
    ...overrides,
  };
}

/** That workspace, with everything it refers to. */
function source(overrides: Partial<LaunchSource> = {}): LaunchSource {
  return {
    record: record(),
    workspaceClass: classVersion(),
    secrets: secretSnapshot(),
    platformUrl: 'http://platform',
    ...overrides,
  };
}

/** Throws what keeps the source from being launched. */
export function draft(overrides: Partial<LaunchSource> = {}): Draft {
  const drafted = draftLaunch(source(overrides));
  if ('reason' in drafted) {
    throw new Error(drafted.message);
  }
  return drafted;
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
