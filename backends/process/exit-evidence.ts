import { statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../lib/error-code.ts';
import { logOfLastRun } from '../../api/run-boundary.ts';
import type { InstanceExit } from '../backend.ts';
import type { Run } from './instance-reader.ts';
import { INSTANCE_FILE } from './layout.ts';
import { EXIT_LOG_BYTES } from './limits.ts';
import { readWholeLines } from './log-reader.ts';
import type { Machine } from './machine.ts';

/** How a run that is over ended; nothing when somebody asked it to stop, or when it never began. */
export function exitOf(
  instanceFolder: string,
  run: Run,
  { bootId }: Machine,
): { readonly exit?: InstanceExit } {
  if (run.isStopAsked || run.claim?.supervisor === undefined) {
    return {};
  }
  if (run.exit !== undefined) {
    return { exit: { ...run.exit, at: new Date(run.exit.at) } };
  }
  const why =
    run.claim.supervisor.bootId === bootId
      ? 'its supervisor was killed before it could record how the agent ended'
      : 'the machine was restarted';
  const path = join(instanceFolder, INSTANCE_FILE.log);
  const note = `treeline: ${why}\n`;
  return {
    exit: {
      at: lastSign(path, new Date(run.claim.at)),
      log: logOfLastRun(readWholeLines(path, EXIT_LOG_BYTES - note.length)) + note,
    },
  };
}

/** Nobody recorded the end: the last line it wrote, or its start, is the last that is known of it. */
function lastSign(logPath: string, startedAt: Date): Date {
  try {
    const { mtime } = statSync(logPath);
    return mtime > startedAt ? mtime : startedAt;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') {
      throw error;
    }
    return startedAt;
  }
}
