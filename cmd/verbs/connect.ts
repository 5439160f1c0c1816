import { Option, type Command } from 'commander';
import type { Connection } from '../../server/contract-requests.ts';
import { ApiError } from '../api-error.ts';
import type { Client } from '../client.ts';
import { print, warn, type Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseWorkspace } from '../kinds.ts';
import { renderConnection } from '../output/connection-text.ts';
import { renderStructured } from '../output/structured.ts';
import { workspaceRequestPath } from '../paths.ts';
import { openSession } from '../session.ts';
import type { Bind, Typed } from '../verb.ts';
import { outputFlag } from './output-flag.ts';

const FORMATS = ['text', 'json', 'yaml'] as const;

export function define(command: Command, bind: Bind): void {
  command
    .argument('<name>', 'workspace that is external')
    .addOption(new Option('-o, --output <format>', `${FORMATS.join(', ')} (default: text)`))
    .action(bind(connect));
}

/** The snippet alone goes to stdout, so that it can be kept. */
async function connect(context: Context, typed: Typed): Promise<ExitCode> {
  const format = outputFlag(typed, FORMATS);
  const { client, namespace } = await openSession(context, typed);
  const name = parseWorkspace(typed.operands[0] ?? '');
  const path = workspaceRequestPath({ namespace, name }, 'connect');
  const connection = await askPatiently(context, client, path);
  print(
    context,
    format === 'text'
      ? renderConnection(connection, name).join('\n')
      : await renderStructured(connection, format),
  );
  warn(context, 'keep it: the token is not shown again; connecting again makes another one');
  return EXIT.ok;
}

/** A controller looks at what was just declared within a second or two. */
const TRIES = 20;
const PAUSE_MS = 500;

async function askPatiently(
  { clock, signal }: Context,
  client: Client,
  path: string,
): Promise<Connection> {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await client.call<Connection>(path, { method: 'POST' });
    } catch (error) {
      const isEarly = error instanceof ApiError && error.problem.reason === 'AwaitingController';
      if (!isEarly || left === 1) {
        throw error;
      }
    }
    await clock.sleep(PAUSE_MS, signal);
  }
}
