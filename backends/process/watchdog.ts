import { spawn, type ChildProcess } from 'node:child_process';
import { OWNER_VARIABLE } from './owned-processes.ts';

/**
 * Waits until nobody can write to it any more, which is the death of the supervisor, however it came; then kills what
 * has the mark `$1`, also what is forked meanwhile. A hundred rounds are 5 s, as `KILL_WAIT_SECONDS`.
 */
const WATCH = `
read -r word
rounds=0
while test "$rounds" -lt 100; do
  paths=$(grep -lzxF -e "$1" /proc/[0-9]*/environ 2>/dev/null)
  test -n "$paths" || exit 0
  for path in $paths; do pid=\${path#/proc/}; kill -KILL "\${pid%/environ}" 2>/dev/null; done
  rounds=$((rounds + 1))
  sleep 0.05
done`;

/**
 * Sees to it that a run ends with its supervisor when that is killed: the death signal reaches the first process of an agent
 * only, and behind a shell or in a session of its own the rest would run on, while its workspace shows as exited or paused.
 * A process without the mark is not found. Disposed of once nothing of the run is left.
 */
export function startWatchdog(key: string): Disposable {
  const words = ['-c', WATCH, 'treeline', `${OWNER_VARIABLE}=${key}`];
  const watchdog: ChildProcess = spawn('/bin/sh', words, {
    cwd: '/',
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
    // Out of reach of signals to the group of the supervisor.
    detached: true,
  });
  // Without it an agent runs all the same: the next start, or the end of the instance, kills what is left.
  watchdog.on('error', () => undefined);
  watchdog.unref();
  return {
    [Symbol.dispose]: () => {
      watchdog.kill('SIGKILL');
      watchdog.stdin?.destroy();
    },
  };
}
