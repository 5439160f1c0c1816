import type { Instance } from '../../backends/backend.ts';

/** An instance of `uid` that runs; what matters to the test is given. */
export function instance(
  uid: string,
  { id = `i-${uid}`, ...overrides }: Partial<Instance> = {},
): Instance {
  return {
    id,
    state: 'running',
    marks: {
      installationId: 'installation',
      workspaceUid: uid,
      namespace: 'default',
      name: uid,
      attempt: 1,
      token: `token-${uid}`,
      className: 'local',
    },
    launchedAt: new Date('2026-01-01T00:00:00Z'),
    ...overrides,
  };
}
