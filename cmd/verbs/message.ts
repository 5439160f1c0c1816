import type { Command } from 'commander';
import type { MessageAnswer } from '../../server/contract-requests.ts';
import { ApiError } from '../api-error.ts';
import type { Client } from '../client.ts';
import { usageError } from '../cli-error.ts';
import { print, type Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseWorkspace } from '../kinds.ts';
import { workspaceRequestPath } from '../paths.ts';
import { openSession } from '../session.ts';
import { isFlagSet, type Bind, type Typed } from '../verb.ts';
import { addWait, timeoutSecondsOf, waitUntil } from './wait-until.ts';

export function define(command: Command, bind: Bind): void {
  command
    .argument('<name>', 'workspace')
    .argument('<text>', 'given to the agent as {"text": TEXT}')
    .option('--json', 'TEXT is a JSON object, given to the agent as it is');
  addWait(command, 'it is online, if it sleeps, and send it then').action(bind(message));
}

/** Reasons of a refusal after which the same message may be taken once the agent is online. */
const PASSING = ['Waking', 'NotOnline'];

async function message(context: Context, typed: Typed): Promise<ExitCode> {
  const [word = '', text = ''] = typed.operands;
  const name = parseWorkspace(word);
  const body = isFlagSet(typed, 'json') ? parseObject(text) : { text };
  timeoutSecondsOf(typed);
  const { client, namespace } = await openSession(context, typed);
  const send = () => post(client, workspaceRequestPath({ namespace, name }, 'messages'), body);
  const wait = () =>
    waitUntil(context, typed, () => ({
      goal: 'online',
      namespace,
      names: [`${namespace}/${name}`],
    }));
  const answer = isFlagSet(typed, 'wait') ? await sendPatiently(send, wait) : await send();
  print(context, typeof answer === 'string' ? answer : JSON.stringify(answer, undefined, 2));
  return EXIT.ok;
}

async function post(client: Client, path: string, body: object): Promise<unknown> {
  return (await client.call<MessageAnswer>(path, { method: 'POST', body })).answer;
}

/** Sent at most twice: one that was taken is never sent again. */
async function sendPatiently(
  send: () => Promise<unknown>,
  wait: () => Promise<unknown>,
): Promise<unknown> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof ApiError) || !PASSING.includes(error.problem.reason)) {
      throw error;
    }
  }
  await wait();
  return await send();
}

function parseObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value;
    }
  } catch {
    // The same complaint as for JSON that is no object.
  }
  throw usageError('with --json, TEXT must be a JSON object such as \'{"text": "hello"}\'');
}
