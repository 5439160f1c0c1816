import { GetConsoleOutputCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { eventually, eventuallyTrue } from '../../support/eventually.ts';
import { isRunning } from '../../support/instance-processes.ts';
import { ec2Client, idsOf, runOne } from './client.ts';

describe('make fake-ec2', () => {
  it('prints its address in one line, and ends with Ctrl-C', async () => {
    await using program = await run({});
    await ec2Client(program.url).send(runOne());

    program.kill('SIGINT');

    expect(await program.ended).toEqual([0, null]);
    expect(program.url).toMatch(/^http:\/\/127\.0\.0\.1:[0-9]+$/);
  });

  it('takes the port of PORT, and says when somebody has it', async () => {
    await using first = await run({});
    const { port } = new URL(first.url);

    await using second = await run({ PORT: port });

    expect(await second.ended).toEqual([1, null]);
    expect(await second.errors).toBe(
      `fake EC2: listen EADDRINUSE: address already in use 127.0.0.1:${port}: choose another port with PORT, or none for one that is free\n`,
    );
  });

  it('leaves nothing of boot mode behind when it is killed', async () => {
    await using program = await run({ FAKE_EC2_BOOT: '1' });
    const pid = await launch(ec2Client(program.url), '#!/bin/sh\necho $$; exec sleep 600');
    const wasRunning = isRunning(pid);

    program.kill('SIGKILL');

    await eventuallyTrue({ until: 'the instance has ended' }, () => !isRunning(pid));
    expect(wasRunning).toBe(true);
  });
});

/** Answers what the instance's script says first: a process id. */
async function launch(client: EC2Client, script: string): Promise<number> {
  const UserData = Buffer.from(script).toString('base64');
  const [InstanceId] = idsOf(await client.send(runOne({ UserData })));
  return await eventually({ until: 'the instance has said something' }, async () => {
    const { Output = '' } = await client.send(new GetConsoleOutputCommand({ InstanceId }));
    return Number(Buffer.from(Output, 'base64').toString()) || undefined;
  });
}

interface Program extends AsyncDisposable {
  /** '' when it ended without one. */
  readonly url: string;
  readonly ended: Promise<unknown>;
  readonly errors: Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

async function run(env: Readonly<Record<string, string>>): Promise<Program> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'fake-ec2.program.ts')], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const errors = text(child.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  return {
    url: first.done === true ? '' : first.value,
    ended,
    errors,
    kill: (signal) => child.kill(signal),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
