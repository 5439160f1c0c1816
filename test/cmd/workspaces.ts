import type { Condition } from '../../api/conditions.ts';
import { UNTOUCHED_STATUS } from '../../api/conditions.ts';
import type { WorkspaceObject } from '../../server/contract.ts';
import type { WorkspaceStatus } from '../../api/conditions.ts';

interface Shape {
  readonly name?: string;
  readonly namespace?: string;
  readonly metadata?: Partial<WorkspaceObject['metadata']>;
  readonly spec?: WorkspaceObject['spec'];
  /** None: no controller has looked at it. */
  readonly status?: Partial<WorkspaceStatus> | undefined;
}

/** An online workspace, but for what is said otherwise. */
export function workspaceObject({
  name = 'ada',
  namespace = 'default',
  metadata = {},
  spec = {},
  status = {},
}: Shape = {}): WorkspaceObject {
  return {
    apiVersion: 'treeline.dev/v1alpha1',
    kind: 'Workspace',
    metadata: {
      name,
      namespace,
      uid: `uid-${namespace}-${name}`,
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00.000Z',
      applySet: 'cli',
      ...metadata,
    },
    spec,
    status: {
      observedGeneration: 1,
      phase: 'Online',
      conditions: [condition('Ready', 'True', 'Online')],
      depth: 0,
      children: { total: 0, ready: 0 },
      ...status,
    },
  };
}

export function untouchedWorkspace(shape: Omit<Shape, 'status'> = {}): WorkspaceObject {
  return { ...workspaceObject(shape), status: UNTOUCHED_STATUS };
}

export function condition(
  type: Condition['type'],
  status: Condition['status'],
  reason: Condition['reason'],
  message = `${reason} it is`,
): Condition {
  return {
    type,
    status,
    reason,
    message,
    observedGeneration: 1,
    lastTransitionTime: '2026-01-01T00:00:00.000Z',
  };
}
