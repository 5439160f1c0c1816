import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** In the environment of every process of boot mode: which fake it belongs to. */
export const RUN_VARIABLE = 'TREELINE_FAKE_RUN';

/**
 * Waits for the end of its input, which comes with the end of the fake, however that ends; then kills everything that carries
 * the mark of this run until nothing does, and removes the folder.
 */
const SCRIPT = `
while read -r _; do :; done
while files=$(grep -l -s -z -x -F -e "$0" /proc/[0-9]*/environ); test -n "$files"; do
  for file in $files; do
    pid=\${file#/proc/}
    kill -9 "\${pid%/environ}"
  done
done 2>/dev/null
rm -rf "$1"
`;

/** Sees to it that nothing of boot mode survives the fake, even when the fake is killed. */
export class Guardian {
  readonly #process: ChildProcess;

  constructor(run: string, folder: string) {
    this.#process = spawn('/bin/sh', ['-c', SCRIPT, `${RUN_VARIABLE}=${run}`, folder], {
      stdio: ['pipe', 'ignore', 'ignore'],
      // Ctrl-C on a terminal reaches the fake alone, which then ends it.
      detached: true,
    });
    this.#process.unref();
  }

  /** Resolves when nothing is left. */
  async end(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.stdin?.end();
    await ended;
  }
}
