import type { Instance } from '../../../backends/backend.ts';
import type { SeenInstance } from '../../../controllers/backend-list.ts';
import type { Observation } from '../../../controllers/fleet.ts';
import type { Acceptance } from '../../../controllers/workspace/accept.ts';
import type { PlanInput } from '../../../controllers/workspace/situation.ts';
import { UnknownOutcomeError } from '../../../lib/errors.ts';
import type { Wanted } from '../../../provisioning/wanted.ts';
import type { LaunchRecord } from '../../../store/launch-record.ts';
import type { WorkspaceRecord, WorkspaceView } from '../../../store/workspace-view.ts';

export const NOW = new Date('2026-01-01T12:00:00Z');

/** So many seconds before now. */
export function ago(seconds: number): Date {
  return new Date(NOW.getTime() - seconds * 1000);
}

export const WANTED: Wanted = {
  className: 'local',
  classSpec: {
    backend: 'process',
    process: { runtimes: { sample: { command: ['sample'] } } },
  },
  backend: 'process',
  runtime: 'sample',
  tier: 2,
  model: 'sonnet',
  milliCpus: 1000,
  registers: false,
  provisionTimeoutSeconds: 600,
  inputsHash: 'inputs-1',
  configHash: 'config-1',
};

/** Accepted, to be run by a class. */
export type Accepted = Extract<Acceptance, { readonly isAccepted: true; readonly wanted: Wanted }>;

export const ACCEPTED: Accepted = {
  isAccepted: true,
  lineage: { depth: 0, effectiveState: 'Running' },
  wanted: WANTED,
};

export const PAUSED: Acceptance = {
  ...ACCEPTED,
  lineage: { depth: 0, effectiveState: 'Paused' },
};

/** Accepted, to run elsewhere. */
export const ELSEWHERE: Acceptance = {
  isAccepted: true,
  lineage: { depth: 0, effectiveState: 'Running' },
  elsewhere: { runtime: 'sample', tier: 2, model: 'sonnet', configHash: 'config-1' },
};

export const REFUSED: Extract<Acceptance, { readonly isAccepted: false }> = {
  isAccepted: false,
  lineage: { depth: 0, effectiveState: 'Running' },
  reason: 'ParentNotFound',
  message: 'parent "bob" does not exist',
  wanted: WANTED,
};

/** A record of which nothing but its wish is known. */
export function record(overrides: Partial<WorkspaceRecord> = {}): WorkspaceRecord {
  return {
    uid: 'uid-ada',
    namespace: 'default',
    name: 'ada',
    spec: { runtime: 'sample' },
    annotations: {},
    directories: {},
    specHash: 'spec-1',
    generation: 1,
    requests: {},
    statusHash: '',
    ...overrides,
  };
}

/** The row of an attempt that was never sent. */
export function pendingLaunch(overrides: Partial<LaunchRecord> = {}): LaunchRecord {
  return {
    workspaceUid: 'uid-ada',
    attempt: 1,
    namespace: 'default',
    name: 'ada',
    className: 'local',
    backend: 'process',
    token: `token-${overrides.attempt ?? 1}`,
    parameters: { placement: '', details: {} },
    inputsHash: 'inputs-1',
    configHash: 'config-1',
    state: 'pending',
    hasCredentials: true,
    callsInDoubt: 0,
    createdAt: ago(3600),
    ...overrides,
  };
}

/** The row of an attempt whose instance `i-1` was launched an hour ago and runs as it is wanted. */
export function launch(overrides: Partial<LaunchRecord> = {}): LaunchRecord {
  const at = { lastSentAt: ago(3600), launchedAt: ago(3600) };
  return pendingLaunch({ state: 'launched', instanceId: 'i-1', ...at, ...overrides });
}

/** The instance of `launch()`, running. */
export function seen({
  attempt = 1,
  ...overrides
}: Partial<Instance> & { readonly attempt?: number } = {}): SeenInstance {
  return {
    backend: 'process',
    instance: {
      id: 'i-1',
      state: 'running',
      marks: {
        installationId: 'installation',
        workspaceUid: 'uid-ada',
        namespace: 'default',
        name: 'ada',
        attempt,
        token: `token-${attempt}`,
        className: 'local',
      },
      launchedAt: ago(3600),
      configHash: 'config-1',
      ...overrides,
    },
  };
}

/** A complete list that began a second ago. */
export function known(...instances: readonly SeenInstance[]): Observation {
  return { kind: 'known', takenAt: ago(1), instances };
}

export function unknown(...instances: readonly SeenInstance[]): Observation {
  const error = new UnknownOutcomeError('listing instances: no answer', {
    reason: 'StatusUnknown',
  });
  return { kind: 'unknown', error, instances, isAwaitingList: false };
}

/** A wanted workspace that runs as it should; a backend that hides instances for 10 s and takes calls for 60 s. */
export function planInput(overrides: Partial<PlanInput> = {}): PlanInput {
  return {
    record: record(),
    acceptance: ACCEPTED,
    launches: [launch()],
    observation: known(seen()),
    timing: { settleSeconds: 10, callLifetimeSeconds: 60 },
    hasDeletingChildren: false,
    replacesAutomatically: true,
    now: NOW,
    ...overrides,
  };
}

/** What one statement reads of a workspace that runs as it should. */
export function view(overrides: Partial<WorkspaceView> = {}): WorkspaceView {
  return {
    record: record(),
    ancestors: [],
    launches: [launch()],
    classes: [
      {
        ...{ uid: 'uid-local', name: 'local', generation: 1, spec: WANTED.classSpec },
        ...{ status: {}, unchangedSeconds: 3600 },
      },
    ],
    children: { total: 0, ready: 0 },
    hasDeletingChildren: false,
    now: NOW,
    ...overrides,
  };
}
