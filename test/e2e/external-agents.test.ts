import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AgentBundle } from '../../api/agent-messages.ts';
import type { Connection } from '../../server/contract-requests.ts';
import { sample, toYaml } from '../support/agent-manifests.ts';
import { CHECKOUT, type ControllerProcess } from '../support/controller-process.ts';
import { eventuallyTrue } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { ShellLines } from '../support/shell-lines.ts';

let installation: Installation;
let controller: ControllerProcess;
let snippet: string;
let agent: ShellLines;

/** What a command prints that must succeed. */
async function done(argv: string, stdin = ''): Promise<string> {
  const { code, stdout, stderr } = await installation.cli(argv, { stdin });
  expect({ argv, code, stderr: code === 0 ? '' : stderr }).toEqual({ argv, code: 0, stderr: '' });
  return stdout;
}

/** The lines of the snippet that start the sample agent, which is found in the checkout. */
function sampleLines(): string {
  const [, lines = ''] = snippet.split(/^# Or the sample agent.*$/m);
  return lines.replace('examples/agent', `${CHECKOUT}/examples/agent`);
}

function field(name: string): string {
  return new RegExp(`^${name} +(.*)$`, 'm').exec(snippet)?.[1] ?? 'none';
}

beforeAll(async () => {
  installation = await Installation.create();
  controller = await installation.run();
}, 60_000);

afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await installation[Symbol.asyncDispose]();
}, 60_000);

// One story: each test begins where the one before has ended.
describe('an agent that runs elsewhere', () => {
  it('is awaited, without any class, and the status says how to connect one', async () => {
    const env = [{ name: 'TONE', value: 'warm' }];
    await done('apply -f -', toYaml(sample('eve', { external: {}, env })));

    await installation.settle({ eve: 'AwaitingAgent' });

    expect(await done('describe eve')).toMatch(/^Not ready: .*"treeline connect eve" shows once/m);
    expect(installation.supervisors()).toEqual([]);
  });

  it('comes up from the lines that connect has printed', async () => {
    snippet = await done('connect eve');

    agent = new ShellLines(sampleLines(), {
      folder: installation.folder,
      env: { HEARTBEAT_SECONDS: '1' },
    });
    await installation.settle({ eve: 'Online' });

    const { status } = await installation.workspace('eve');
    expect(agent.output).toContain('registered');
    expect(status).toMatchObject({ phase: 'Online', url: expect.stringContaining('127.0.0.1') });
    expect(status).not.toHaveProperty('backend');
  });

  it('gets its environment and files from the bundle, and messages at its address', async () => {
    const [, bundleUrl = ''] = field('bundle').split(' ');
    const headers = { authorization: `Bearer ${field('auth_token')}` };

    const bundle = (await (await fetch(bundleUrl, { headers })).json()) as AgentBundle;

    expect(bundle.env).toMatchObject({ TONE: 'warm', WORKSPACE_ID: field('workspace_id') });
    expect(Object.keys(bundle.files)).toContain('config.yaml');
    expect(await done('message eve hello')).toContain('hello');
  });

  it('is Online through a heartbeat with a second token, which revokes the first', async () => {
    const second = JSON.parse(await done('connect eve -o json')) as Connection;
    const beat = await fetch(second.heartbeat_endpoint, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${second.auth_token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ workspace_id: second.workspace_id }),
    });

    expect(await beat.json()).toMatchObject({ status: 'online', desiredState: 'Running' });
    await eventuallyTrue({ until: 'the old token is refused' }, () => agent.output.includes('401'));
  });

  it('is left alone by the next controller, and by restart', async () => {
    const { port } = new URL(await controller.url());
    await controller.stop();
    controller = await installation.run('--listen', `127.0.0.1:${port}`);

    await installation.settle({ eve: 'Online' });

    const { code, stderr } = await installation.cli('restart eve');
    expect(code).toBe(4);
    expect(stderr).toContain('runs elsewhere');
  });

  it('leaves by itself when its workspace is deleted', async () => {
    await agent[Symbol.asyncDispose]();
    snippet = await done('connect eve');
    agent = new ShellLines(sampleLines(), {
      folder: installation.folder,
      env: { HEARTBEAT_SECONDS: '1' },
    });
    await eventuallyTrue({ until: 'it has registered' }, () => agent.output.includes('registered'));

    await done('delete eve --yes');

    expect(await agent.end()).toBe(0);
    expect(agent.output).toContain('the workspace was deleted: leaving');
    expect(await installation.workspaces()).toEqual([]);
  });

  it('is Online at a declared address as long as something listens there', async () => {
    const server = createServer((_request, response) => response.end('{}'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await done('apply -f -', toYaml(sample('max', { external: { url } })));

    await installation.settle({ max: 'Online' });
    await server[Symbol.asyncDispose]();
    await installation.settle({ max: 'HeartbeatLost' });

    const metadata = 'http://169.254.169.254/latest';
    await done('apply -f -', toYaml(sample('max', { external: { url: metadata } })));
    await installation.settle({ max: 'InvalidSpec' });
  });

  it('leaves no token and no secret in records, events or logs', async () => {
    const texts = await Promise.all(['get all -o yaml', 'events'].map((argv) => done(argv)));
    const said = texts.join('') + controller.output + agent.output;

    expect(said).not.toContain(field('auth_token'));
    expect(said).not.toContain(field('inbound_secret'));
  });
});
