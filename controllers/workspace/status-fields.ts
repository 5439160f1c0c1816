import { toRevision } from '../../api/config-revision.ts';
import type { WorkspaceStatus } from '../../api/conditions.ts';
import { knowsAddresses } from '../../api/workspace-class.ts';
import type { Instance } from '../../backends/backend.ts';
import type { LaunchRecord } from '../../store/launch-record.ts';
import { isElsewhere } from './external-agent.ts';
import { currentFailures, nextAttemptAt, reconcileRequest } from './failures.ts';
import { sightOf } from './sight.ts';
import type { StatusInput, Verdict } from './status-input.ts';

/** Where its agent is, and where it listens. */
export function placeFields(input: StatusInput): Partial<WorkspaceStatus> {
  return isElsewhere(input.view) ? elsewhereFields(input) : instanceFields(input);
}

/** Where it is declared to listen, or else says that it does. */
function elsewhereFields({ view: { record, report } }: StatusInput): Partial<WorkspaceStatus> {
  const url = record.spec.external?.url ?? report?.url;
  return url === undefined ? {} : { url };
}

function instanceFields({ view, observation }: StatusInput): Partial<WorkspaceStatus> {
  const open = view.launches.find(({ state }) => state === 'launched' || state === 'closing');
  if (open?.instanceId === undefined) {
    return {};
  }
  const mine = sightOf(observation.instances, view.launches).mine?.instance;
  const url = mine?.state === 'running' ? addressOf(mine, open, view) : undefined;
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

function addressOf(
  { url }: Instance,
  { backend }: LaunchRecord,
  { report }: StatusInput['view'],
): string | undefined {
  return url ?? (knowsAddresses(backend) ? undefined : report?.url);
}

function placeOf(instance: Instance | undefined) {
  return {
    ...(instance?.zone !== undefined && { zone: instance.zone }),
    ...(instance?.image !== undefined && { image: instance.image }),
  };
}

/** What the layers were merged to. */
export function resolvedFields({ acceptance }: StatusInput): Partial<WorkspaceStatus> {
  const { wanted, elsewhere } = acceptance;
  const content = wanted ?? elsewhere;
  return content === undefined
    ? {}
    : {
        resolved: {
          ...(content.templateName !== undefined && { template: content.templateName }),
          runtime: content.runtime,
          model: content.model,
          tier: content.tier,
          ...(wanted !== undefined && { class: wanted.className }),
          configRevision: toRevision(content.configHash),
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
