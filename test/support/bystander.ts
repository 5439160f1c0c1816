import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CHECKOUT, PROGRAM_PATH } from './controller-process.ts';
import { isRunning } from './instance-processes.ts';

/** A process that looks like an agent of ours and is not. */
export interface Bystander extends AsyncDisposable {
  isRunning(): boolean;
}

/** The sample agent, started by somebody else with the command line and the id of one of our instances. */
export async function startBystander(instanceId: string): Promise<Bystander> {
  const child = spawn('node', [join(CHECKOUT, 'examples', 'agent', 'agent.js')], {
    cwd: CHECKOUT,
    env: { PATH: PROGRAM_PATH, TREELINE_INSTANCE: instanceId, PORT: '0' },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  await once(child, 'spawn');
  return {
    isRunning: () => child.pid !== undefined && isRunning(child.pid),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
