import {
  GetConsoleOutputCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, eventuallyTrue } from '../../support/eventually.ts';
import { isRunning } from '../../support/instance-processes.ts';
import { ec2Client, runOne } from './client.ts';
import { FakeEc2 } from './fake-ec2.ts';

/** Says who it is, counts its boots in its folder, and serves what it was told. */
const SERVE = `
require('node:http').createServer((_, response) => response.end(process.env.GREETING)).listen(0, '127.0.0.1', function () {
  require('node:fs').writeFileSync('port', String(this.address().port));
});`;

const USER_DATA = `#!/bin/sh -e
echo "booting $TREELINE_FAKE_INSTANCE"
rm -f port
echo boot >> "$TREELINE_ROOT/boots"
"$AGENT" -e '${SERVE.replaceAll("'", `'"'"'`)}' &
echo $! > pid
setsid sh -c 'echo $$ > daemon; exec sleep 600' &
`;

const boot = { env: { AGENT: process.execPath, GREETING: 'hello' } };

describe('boot mode', () => {
  it('runs user data in a folder of its own, which serves and is heard on the console', async () => {
    await using world = await launchAgent();

    const greeting = await (await fetch(`http://127.0.0.1:${await world.port()}`)).text();
    const { Output = '' } = await world.client.send(
      new GetConsoleOutputCommand({ InstanceId: world.id }),
    );

    expect(greeting).toBe('hello');
    expect(Buffer.from(Output, 'base64').toString()).toBe(`booting ${world.id}\n`);
  });

  it('ends every process of an instance that is stopped, and boots it again in the same folder', async () => {
    await using world = await launchAgent();
    const before = await world.pids();

    await world.client.send(new StopInstancesCommand({ InstanceIds: [world.id] }));
    await world.until('stopped');
    const alive = before.filter(isRunning);
    await world.client.send(new StartInstancesCommand({ InstanceIds: [world.id] }));
    // Until then the port is that of the first boot.
    await eventuallyTrue({ until: 'it boots again' }, async () => {
      return (await world.read('boots')) === 'boot\nboot\n';
    });
    const port = await world.port();

    expect(alive).toEqual([]);
    expect((await fetch(`http://127.0.0.1:${port}`)).status).toBe(200);
  });

  it('ends an instance that is terminated, removes its folder and keeps its last words', async () => {
    await using world = await launchAgent();
    const before = await world.pids();

    await world.client.send(new TerminateInstancesCommand({ InstanceIds: [world.id] }));
    await world.until('terminated');

    expect(before.filter(isRunning)).toEqual([]);
    expect(existsSync(world.folder)).toBe(false);
    await expect(
      world.client.send(new GetConsoleOutputCommand({ InstanceId: world.id })),
    ).resolves.toMatchObject({ Output: expect.stringMatching(/./) });
  });

  it('leaves nothing when the fake is closed', async () => {
    const world = await launchAgent();
    const pids = await world.pids();

    await world[Symbol.asyncDispose]();

    expect(pids).toHaveLength(2);
    expect(pids.filter(isRunning)).toEqual([]);
    expect(existsSync(world.folder)).toBe(false);
  });

  it.each([
    ['hostname: me', 'fake EC2: the user data is no script\n'],
    ['#!/nowhere/sh', 'fake EC2: the user data does not run: spawn /nowhere/sh ENOENT\n'],
  ])('says on the console why %j does not run', async (userData, words) => {
    await using fake = await FakeEc2.start({ boot });
    const client = ec2Client(fake.url);
    await client.send(runOne({ UserData: Buffer.from(userData).toString('base64') }));
    const [{ id } = { id: '' }] = fake.instances();

    const heard = await eventually({ until: 'the console has a line' }, async () => {
      const { Output } = await client.send(new GetConsoleOutputCommand({ InstanceId: id }));
      return Output === '' ? undefined : Output;
    });

    expect(Buffer.from(heard, 'base64').toString()).toBe(words);
    expect(fake.instances()).toMatchObject([{ state: 'running' }]);
  });
});

interface Agent extends AsyncDisposable {
  readonly client: EC2Client;
  readonly id: string;
  readonly folder: string;
  read(file: string): Promise<string>;
  /** Where it listens; waits until it does. */
  port(): Promise<string>;
  /** The agent's process, and one that left its group and session. */
  pids(): Promise<readonly number[]>;
  until(state: string): Promise<void>;
}

async function launchAgent(): Promise<Agent> {
  const fake = await FakeEc2.start({ boot });
  const client = ec2Client(fake.url);
  await client.send(runOne({ UserData: Buffer.from(USER_DATA).toString('base64') }));
  const [{ id } = { id: '' }] = fake.instances();
  const folder = fake.folderOf(id) ?? '';
  const read = async (file: string) => await readFile(join(folder, file), 'utf8');
  const written = async (file: string) =>
    await eventually({ until: `${file} is written` }, async () => (await read(file)) || undefined);
  return {
    client,
    id,
    folder,
    read,
    port: async () => await written('port'),
    pids: async () => (await Promise.all(['pid', 'daemon'].map(written))).map(Number),
    until: async (state) => {
      await eventuallyTrue({ until: `it is ${state}` }, () => fake.instances()[0]?.state === state);
    },
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      await fake[Symbol.asyncDispose]();
    },
  };
}
