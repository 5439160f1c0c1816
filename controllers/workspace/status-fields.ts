import { toRevision } from '../../api/config-revision.ts';
import type { WorkspaceStatus } from '../../api/conditions.ts';
import type { Instance } from '../../backends/backend.ts';
import { currentFailures, nextAttemptAt, reconcileRequest } from './failures.ts';
import { sightOf } from './sight.ts';
import type { StatusInput, Verdict } from './status-input.ts';

/** Where the instance is and listens. */
export function instanceFields({ view, observation }: StatusInput): Partial<WorkspaceStatus> {
  const open = view.launches.find(({ state }) => state === 'launched' || state === 'closing');
  if (open?.instanceId === undefined) {
    return {};
  }
  const mine = sightOf(observation.instances, view.launches).mine?.instance;
  const url = mine?.state === 'running' ? mine.url : undefined;
  return {
    ...(url !== undefined && { url }),
    backend: {
      type: open.backend,
      id: open.instanceId,
      ...placeOf(mine),
      launchedAt: (open.launchedAt ?? open.createdAt).toISOString(),
      attempt: open.attempt,
    },
  };
}

function placeOf(instance: Instance | undefined) {
  return {
    ...(instance?.zone !== undefined && { zone: instance.zone }),
    ...(instance?.image !== undefined && { image: instance.image }),
  };
}

/** What the layers were merged to. */
export function resolvedFields({ acceptance }: StatusInput): Partial<WorkspaceStatus> {
  const { wanted } = acceptance;
  return wanted === undefined
    ? {}
    : {
        resolved: {
          ...(wanted.templateName !== undefined && { template: wanted.templateName }),
          runtime: wanted.runtime,
          model: wanted.model,
          tier: wanted.tier,
          class: wanted.className,
          configRevision: toRevision(wanted.configHash),
        },
      };
}

/** The time of the last heartbeat as of when `Available` flipped: with each heartbeat it would be a write each. */
export function heartbeatField(
  { view }: StatusInput,
  available: Verdict | undefined,
): Partial<WorkspaceStatus> {
  const { status } = view.record;
  const before = status?.conditions.find(({ type }) => type === 'Available')?.status;
  const kept = status?.lastHeartbeatTime;
  const time = before === available?.status ? kept : view.report?.heartbeatAt.toISOString();
  return available === undefined || time === undefined ? {} : { lastHeartbeatTime: time };
}

/** Failures that still count, and the evidence of the last exit. */
export function failureFields({ view }: StatusInput): Partial<WorkspaceStatus> {
  const failures = currentFailures(view.record);
  const exit = view.record.failures?.exit;
  return {
    ...(failures !== undefined && {
      failures: {
        count: failures.count,
        lastReason: failures.lastReason,
        nextAttemptAt: nextAttemptAt(failures).toISOString(),
      },
    }),
    ...(exit !== undefined && { lastExit: exit }),
  };
}

/** The last request to reconcile that a pass has seen. */
export function handledRequest({ view }: StatusInput): Partial<WorkspaceStatus> {
  const request = reconcileRequest(view.record);
  return request === undefined ? {} : { lastHandledReconcileAt: request };
}
