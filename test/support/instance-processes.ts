import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { isDead, readStat } from '../../backends/process/process-identity.ts';

/** A process that belongs to an instance, as `/proc` shows it. */
export interface InstanceProcess {
  readonly pid: number;
  /** `<workspace uid>-<attempt>` */
  readonly instanceId: string;
  readonly workspaceUid: string;
}

/** Every live agent process of a data folder, known by its environment and not by what Treeline says. */
export function listAgents(dataDir: string): readonly InstanceProcess[] {
  const configs = `WORKSPACE_CONFIG_PATH=${join(realPath(dataDir), 'instances')}/`;
  return listProcesses().flatMap((pid) => {
    const env = readWords(pid, 'environ');
    const id = env.find((word) => word.startsWith('TREELINE_INSTANCE='));
    const isOfFolder = env.some((word) => word.startsWith(configs));
    return id === undefined || !isOfFolder ? [] : [toProcess(pid, id.split('=')[1] ?? '')];
  });
}

/** Every live supervisor of a data folder, known by its command line. */
export function listSupervisors(dataDir: string): readonly InstanceProcess[] {
  const root = realPath(dataDir);
  return listProcesses().flatMap((pid) => {
    const [, program = '', folder, id = ''] = readWords(pid, 'cmdline');
    return program.endsWith('/backends/process/shim.ts') && folder === root
      ? [toProcess(pid, id)]
      : [];
  });
}

export function isRunning(pid: number): boolean {
  const stat = readStat(pid);
  return stat !== undefined && !isDead(stat);
}

/** As the controller writes it. A folder that was removed may still have processes. */
function realPath(dataDir: string): string {
  return existsSync(dataDir) ? realpathSync(dataDir) : dataDir;
}

function toProcess(pid: number, instanceId: string): InstanceProcess {
  return { pid, instanceId, workspaceUid: instanceId.replace(/-[0-9]+$/, '') };
}

function listProcesses(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number)
    .filter(isRunning);
}

/** [] for a process that is gone meanwhile, or somebody else's. */
function readWords(pid: number, file: 'environ' | 'cmdline'): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
