import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { INSTANCE_FILE } from '../../backends/process/layout.ts';
import { readMachine } from '../../backends/process/machine.ts';
import { ProcessBackend } from '../../backends/process/process-backend.ts';
import { parseRecord, type InstanceRecord } from '../../backends/process/records.ts';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { namesIn } from '../data-folder.ts';
import { EXIT } from '../exit-codes.ts';

/**
 * Ends every instance in the data folder, of whatever installation; answers how many there were. Throws a refusal
 * when some belong to another machine, and `UnknownOutcomeError` when some do not end.
 */
export async function endInstances(context: Context, dataDir: string): Promise<number> {
  const records = await readRecords(join(dataDir, 'instances'));
  if (records.length === 0) {
    return 0;
  }
  const machine = readMachine();
  refuseElsewhere(records, { machineId: machine.machineId, dataDir });
  let count = 0;
  for (const installationId of new Set(records.map(({ marks }) => marks.installationId))) {
    const backend = await ProcessBackend.open({
      folder: dataDir,
      installationId,
      machine,
      clock: context.clock,
      workingDirectory: context.workingDirectory,
      path: context.env['PATH'] ?? '',
    });
    count += await backend.endEverything();
  }
  return count;
}

/** Of the instances that may still run. */
async function readRecords(instances: string): Promise<InstanceRecord[]> {
  const names = await namesIn(instances);
  const records = await Promise.all(
    names
      .filter((name) => !name.startsWith('.'))
      .map(async (name) => {
        const files = await namesIn(join(instances, name));
        if (files.includes(INSTANCE_FILE.terminated)) {
          return [];
        }
        const path = join(instances, name, INSTANCE_FILE.record);
        const text = await readFile(path, 'utf8');
        return [parseRecord<InstanceRecord>(path, text, ['marks', 'machineId', 'details'])];
      }),
  );
  return records.flat();
}

function refuseElsewhere(
  records: readonly InstanceRecord[],
  { machineId, dataDir }: { readonly machineId: string; readonly dataDir: string },
): void {
  const elsewhere = records.filter((record) => record.machineId !== machineId);
  if (elsewhere.length > 0) {
    const names = elsewhere.map(({ marks }) => `${marks.namespace}/${marks.name}`).join(', ');
    throw new CliError(
      `${dataDir} holds instances of another machine (${names}): clean it there, or, if that machine is gone for good, remove the folder by hand`,
      EXIT.refused,
    );
  }
}
