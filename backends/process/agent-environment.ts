import { join } from 'node:path';
import type { Bundle } from '../backend.ts';
import type { Layout } from './layout.ts';
import { RUN_FILE, instanceId, runFolder } from './layout.ts';
import { OWNER_VARIABLE } from './owned-processes.ts';
import type { InstanceRecord, RunRecord } from './records.ts';

export interface EnvironmentRequest {
  readonly layout: Layout;
  readonly record: InstanceRecord;
  readonly number: number;
  readonly run: RunRecord;
  readonly bundle: Bundle;
  /** Where programs are looked up. */
  readonly path: string;
}

/**
 * The whole environment of an agent; nothing of the controller's own gets in. Later lines win: the minimum, the class, the
 * bundle, and at last the names that are ours, so that no secret can pass for a workspace's identity (lessons.md, 2.5).
 */
export function agentEnvironment(request: EnvironmentRequest): Record<string, string> {
  const { layout, record, bundle, run } = request;
  const { marks } = record;
  const id = instanceId(marks.workspaceUid, marks.attempt);
  const given = Object.entries({
    ...record.details.env,
    // The pipeline may know a nicer one than the slug.
    WORKSPACE_NAME: marks.name,
    ...bundle.env,
  });
  return {
    PATH: request.path,
    LANG: 'C.UTF-8',
    HOME: layout.state(marks.workspaceUid),
    // Without a port of its own an agent has none, and not one that somebody else listens on.
    ...Object.fromEntries(given.filter(([name]) => name !== 'PORT')),
    WORKSPACE_ID: marks.workspaceUid,
    WORKSPACE_CONFIG_PATH: join(layout.instance(id), runFolder(request.number), RUN_FILE.files),
    TREELINE_INSTANCE: id,
    [OWNER_VARIABLE]: run.key,
    ...(run.port === undefined ? {} : { PORT: String(run.port) }),
  };
}
