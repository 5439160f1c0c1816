import type { LaunchIntent } from '../../api/launch.ts';
import { ConflictError, TerminalError } from '../../lib/errors.ts';
import { instanceId, parseInstanceId } from './layout.ts';
import type { Machine } from './machine.ts';
import { toDetails } from './parameters.ts';
import type { InstanceRecord } from './records.ts';

export interface RecordOptions {
  readonly installationId: string;
  readonly machine: Machine;
  readonly now: Date;
}

/**
 * The record that an intent becomes. Throws `ConflictError` for an intent of another installation, and `TerminalError`
 * InvalidSpec for one that this backend cannot have resolved.
 */
export function toRecord(
  { marks, token, parameters }: LaunchIntent,
  { installationId, machine, now }: RecordOptions,
): InstanceRecord {
  if (marks.installationId !== installationId) {
    throw new ConflictError('launching instance: the intent is of another installation');
  }
  if (parseInstanceId(instanceId(marks.workspaceUid, marks.attempt)) === undefined) {
    throw new TerminalError('launching instance: its workspace uid cannot name a folder', {
      reason: 'InvalidSpec',
    });
  }
  return {
    marks: { ...marks, token },
    machineId: machine.machineId,
    createdAt: now.toISOString(),
    details: toDetails(parameters),
  };
}
