import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EXIT } from '../../../cmd/exit-codes.ts';
import { UnknownOutcomeError } from '../../../lib/errors.ts';
import type { ServerOptions } from '../../../server/options.ts';
import { CliWorld } from '../cli-world.ts';
import { runCli, type CliResult } from '../run-cli.ts';
import { condition } from '../workspaces.ts';

let world: CliWorld;
let received: unknown[] = [];
let answer: () => ReturnType<ServerOptions['sendMessage']>;

const ONLINE = {
  phase: 'Online',
  url: 'http://127.0.0.1:20001',
  backend: { type: 'process', id: 'i-1', launchedAt: '2026-01-01T00:00:00Z', attempt: 1 },
  conditions: [condition('Ready', 'True', 'Online')],
} as const;

beforeAll(async () => {
  world = await CliWorld.start({
    sendMessage: (_recipient, message) => {
      received.push(message);
      return answer();
    },
  });
  await world.declareTeam();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});
beforeEach(async () => {
  received = [];
  answer = () => Promise.resolve({ status: 200, text: '{"reply":"hi"}' });
  await world.setStatus('writing', ONLINE);
});

function message(...words: string[]): Promise<CliResult> {
  return runCli(['message', ...words], { server: world.server, workingDirectory: world.folder });
}

describe('message', () => {
  it('gives the agent the text, and prints its answer', async () => {
    expect(await message('writing', 'how are you?')).toEqual({
      code: EXIT.ok,
      stdout: '{\n  "reply": "hi"\n}\n',
      stderr: '',
    });
    expect(received).toEqual([{ text: 'how are you?' }]);
  });

  it('gives the agent JSON as it is, and prints text as it is', async () => {
    answer = () => Promise.resolve({ status: 200, text: 'fine, thanks' });

    const { stdout } = await message('writing', '{"jsonrpc":"2.0"}', '--json');

    expect(stdout).toBe('fine, thanks\n');
    expect(received).toEqual([{ jsonrpc: '2.0' }]);
  });

  it('says that a sleeping agent wakes up, and what to do', async () => {
    await world.setStatus('writing', { phase: 'Hibernated', conditions: [] });

    expect(await message('writing', 'hello')).toEqual({
      code: EXIT.failure,
      stdout: '',
      stderr:
        'the agent of workspace default/writing is hibernated and wakes up; send it again later: --wait does that\n',
    });
  });

  it('waits for a sleeping agent, and sends it then', async () => {
    await world.setStatus('writing', { phase: 'Hibernated', conditions: [] });
    const sending = message('writing', 'hello', '--wait');
    await world.untilRequested('writing', 'wakeRequestedAt');
    await world.setStatus('writing', ONLINE);

    const { code, stdout } = await sending;

    expect(code).toBe(EXIT.ok);
    expect(stdout).toContain('"reply": "hi"');
    expect(received).toEqual([{ text: 'hello' }]);
  });

  it('is not sent again when it may have arrived', async () => {
    answer = () => Promise.reject(new UnknownOutcomeError('posting: no answer'));

    const { code, stderr } = await message('writing', 'hello', '--wait');

    expect(code).toBe(EXIT.failure);
    expect(stderr).toBe(
      'the agent of workspace default/writing did not answer: whether it has the message is unknown\n',
    );
    expect(received).toHaveLength(1);
  });

  it.each([
    [['writing'], "missing required argument 'text'"],
    [['writing', 'hello', '--json'], 'with --json, TEXT must be a JSON object'],
    [['writing', '[]', '--json'], 'with --json, TEXT must be a JSON object'],
    [['writing', 'hello', '--wait', '--timeout', 'soon'], '--timeout must be a time'],
  ])('is clear about %j, and sends nothing', async (words, complaint) => {
    const { code, stderr } = await message(...words);

    expect(code).toBe(EXIT.usage);
    expect(stderr).toContain(complaint);
    expect(received).toEqual([]);
  });
});
