import { readdirSync, readFileSync } from 'node:fs';

/** In the environment of every process of boot mode: which instance it belongs to. */
export const INSTANCE_VARIABLE = 'TREELINE_FAKE_INSTANCE';

/** The processes of every instance, whatever their group or session, as `/proc` shows them. */
export function findProcesses(run: string): ReadonlyMap<string, readonly number[]> {
  const found = readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .flatMap((name) => {
      const words = readEnvironment(name);
      const isOurs = words.includes(run);
      const instance = words.find((word) => word.startsWith(`${INSTANCE_VARIABLE}=`));
      return isOurs && instance !== undefined
        ? [{ pid: Number(name), instanceId: instance.slice(INSTANCE_VARIABLE.length + 1) }]
        : [];
    });
  const groups = Map.groupBy(found, ({ instanceId }) => instanceId);
  return new Map([...groups].map(([id, members]) => [id, members.map(({ pid }) => pid)]));
}

export function signal(pids: readonly number[], name: 'SIGTERM' | 'SIGKILL'): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

/** [] for a process that is gone meanwhile, has ended, or is somebody else's. */
function readEnvironment(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
  } catch {
    return [];
  }
}
