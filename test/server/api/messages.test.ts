import { describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UnknownOutcomeError } from '../../../lib/errors.ts';
import type { ServerOptions } from '../../../server/options.ts';
import { findWorkspace } from '../../../store/workspaces.ts';
import { TestApi, workspace } from '../test-api.ts';
import { see, type Seen } from './seen-workspace.ts';

const ADA = '/api/v1/namespaces/default/workspaces/ada';
const MESSAGES = `${ADA}/messages`;
const MESSAGE = { text: 'hello' };
const URL_OF_AGENT = 'http://127.0.0.1:20001';

async function startWith(seen: Seen, overrides: Partial<ServerOptions> = {}): Promise<TestApi> {
  const api = await TestApi.start(overrides);
  await api.apply([workspace('ada')]);
  await see(api.db, seen);
  return api;
}

async function wakeRequestOf(api: TestApi): Promise<string | undefined> {
  return (await findWorkspace(api.db, 'default', 'ada'))?.requests.wakeRequestedAt;
}

/** An agent that answers like this, and what it was asked. */
function agentThat(answer: Awaited<ReturnType<ServerOptions['sendMessage']>>) {
  const asked: unknown[] = [];
  const sendMessage: ServerOptions['sendMessage'] = (...question) => {
    asked.push(question);
    return Promise.resolve(answer);
  };
  return { asked, sendMessage };
}

describe('a message', () => {
  it.each<Seen['phase']>(['Online', 'Degraded'])('reaches an agent that is %s', async (phase) => {
    const { asked, sendMessage } = agentThat({ status: 200, text: '{"reply":"hi"}' });
    await using api = await startWith({ phase, url: URL_OF_AGENT }, { sendMessage });
    const { uid } = (await findWorkspace(api.db, 'default', 'ada')) ?? {};

    const { status, body } = await api.send('POST', MESSAGES, MESSAGE);

    expect([status, body]).toEqual([200, { uid, answer: { reply: 'hi' } }]);
    expect(asked).toEqual([[{ workspaceUid: uid, url: URL_OF_AGENT }, MESSAGE]]);
  });

  it('is answered with text when the agent does not speak JSON', async () => {
    const { sendMessage } = agentThat({ status: 202, text: 'fine' });
    await using api = await startWith({ phase: 'Online', url: URL_OF_AGENT }, { sendMessage });

    expect((await api.send('POST', MESSAGES, MESSAGE)).body).toMatchObject({ answer: 'fine' });
  });

  it('crosses the wire as it is', async () => {
    let received = '';
    await using agent = createServer((request, response) => {
      request.on('data', (chunk) => (received += String(chunk)));
      request.on('end', () => response.end('{}'));
    });
    await new Promise<void>((resolve) => agent.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(agent.address() as AddressInfo).port}`;
    await using api = await startWith({ phase: 'Online', url });

    const { status } = await api.send('POST', MESSAGES, MESSAGE);

    expect([status, JSON.parse(received)]).toEqual([200, MESSAGE]);
  });

  it('is activity: an agent that gets one is not idle', async () => {
    const { sendMessage } = agentThat({ status: 200, text: '{}' });
    await using api = await startWith(
      { phase: 'Online', url: URL_OF_AGENT, tasks: { attempt: 2, active: 0 } },
      { sendMessage },
    );

    await api.send('POST', MESSAGES, MESSAGE);

    const { activity_at } = await api.db
      .selectFrom('agent_reports')
      .select('activity_at')
      .executeTakeFirstOrThrow();
    expect(activity_at.getTime()).toBeGreaterThan(0);
  });
});

describe('a message for one that sleeps', () => {
  it.each<readonly [string, Seen]>([
    ['is hibernated', { phase: 'Hibernated', claimedAtWake: '' }],
    ['falls asleep', { phase: 'Hibernating', claimedAtWake: '' }],
    ['was claimed just now', { phase: 'Online', url: URL_OF_AGENT, claimedAtWake: '' }],
  ])('wakes it, and is to be sent again: it %s', async (_title, seen) => {
    const { asked, sendMessage } = agentThat({ status: 200, text: '{}' });
    await using api = await startWith(seen, { sendMessage });

    const { status, problem, headers } = await api.send('POST', MESSAGES, MESSAGE);

    expect([status, problem.reason, headers['retry-after']]).toEqual([503, 'Waking', '15']);
    expect(await wakeRequestOf(api)).toMatch(/^\d{4}-/);
    expect(asked).toEqual([]);
  });

  it('wakes it once, however often it is sent, and is no failure of the server', async () => {
    await using api = await startWith({ phase: 'Hibernated', claimedAtWake: '' });

    await api.send('POST', MESSAGES, MESSAGE);
    const first = await wakeRequestOf(api);
    const { status } = await api.send('POST', MESSAGES, MESSAGE);

    expect(status).toBe(503);
    expect(await wakeRequestOf(api)).toBe(first);
    expect(api.captured.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('a message that does not arrive', () => {
  it('is refused when the workspace is paused', async () => {
    await using api = await startWith({ phase: 'Paused' });

    const { status, problem } = await api.send('POST', MESSAGES, MESSAGE);

    expect([status, problem.reason]).toEqual([409, 'Paused']);
    expect(await wakeRequestOf(api)).toBeUndefined();
  });

  it.each<Seen['phase']>(['Pending', 'Provisioning', 'Offline', 'Failed', 'AwaitingAgent'])(
    'is to be sent again later: it is %s',
    async (phase) => {
      await using api = await startWith({ phase });

      const { status, problem, headers } = await api.send('POST', MESSAGES, MESSAGE);

      expect([status, problem.reason, headers['retry-after']]).toEqual([503, 'NotOnline', '15']);
      expect(problem.detail).toContain(`is not up (${phase})`);
    },
  );

  it('has nowhere to go without an address', async () => {
    await using api = await startWith({ phase: 'Online' });

    const { status, problem } = await api.send('POST', MESSAGES, MESSAGE);

    expect([status, problem.reason]).toEqual([409, 'NoAddress']);
  });

  it('may have arrived when the agent does not answer', async () => {
    await using api = await startWith(
      { phase: 'Online', url: URL_OF_AGENT },
      { sendMessage: () => Promise.reject(new UnknownOutcomeError('posting: no answer')) },
    );

    const { status, problem } = await api.send('POST', MESSAGES, MESSAGE);

    expect([status, problem.reason]).toEqual([502, 'AgentUnreachable']);
  });

  it.each([
    [503, 503, 'Draining'],
    [500, 502, 'AgentFailed'],
    [302, 502, 'AgentFailed'],
  ])('says that the agent answered %i', async (answered, status, reason) => {
    const { sendMessage } = agentThat({ status: answered, text: 'secret thoughts' });
    await using api = await startWith({ phase: 'Online', url: URL_OF_AGENT }, { sendMessage });

    const answer = await api.send('POST', MESSAGES, MESSAGE);

    expect([answer.status, answer.problem.reason]).toEqual([status, reason]);
    expect(answer.text).not.toContain('secret thoughts');
  });

  it.each([
    ['nobody', '/api/v1/namespaces/default/workspaces/nobody/messages', MESSAGE, 404],
    ['no object', MESSAGES, ['hello'], 400],
  ])('is refused: %s', async (_title, url, body, status) => {
    await using api = await startWith({ phase: 'Online', url: URL_OF_AGENT });

    expect((await api.send('POST', url, body)).status).toBe(status);
  });

  it('is refused while the workspace is being deleted', async () => {
    await using api = await startWith({ phase: 'Online', url: URL_OF_AGENT });
    await api.send('DELETE', ADA);

    expect((await api.send('POST', MESSAGES, MESSAGE)).problem.reason).toBe('BeingDeleted');
  });
});

describe('a message for an agent that runs elsewhere', () => {
  const resolving = (...addresses: string[]): Pick<ServerOptions, 'agents'> => ({
    agents: {
      agentNetwork: 'public',
      resolveHost: () => Promise.resolve(addresses),
      renderAgentBundle: () => Promise.resolve(undefined),
      bootstrapAgent: () => Promise.resolve(undefined),
    },
  });
  const elsewhere: Seen = { phase: 'Online', url: 'https://agent.example', isElsewhere: true };

  it('is sent when its name still stands for an address that agents may have', async () => {
    const { asked, sendMessage } = agentThat({ status: 200, text: '{}' });
    await using api = await startWith(elsewhere, { sendMessage, ...resolving('93.184.215.14') });

    expect((await api.send('POST', MESSAGES, MESSAGE)).status).toBe(200);
    expect(asked).toEqual([
      [expect.objectContaining({ addresses: ['93.184.215.14'] }), expect.anything()],
    ]);
  });

  it.each<readonly [string, Pick<ServerOptions, 'agents'>]>([
    ['stands for an address of this machine by now', resolving('127.0.0.1')],
    [
      'stands for the metadata address, among others',
      resolving('93.184.215.14', '169.254.169.254'),
    ],
    ['stands for nothing', resolving()],
    ['cannot be checked', {}],
  ])('is not sent when its name %s', async (_title, overrides) => {
    const { asked, sendMessage } = agentThat({ status: 200, text: '{}' });
    await using api = await startWith(elsewhere, { sendMessage, ...overrides });

    const { status, problem } = await api.send('POST', MESSAGES, MESSAGE);

    expect([status, problem.reason]).toEqual([502, 'AgentUnreachable']);
    expect(asked).toEqual([]);
  });

  it.each([
    ['is sent to the address that the agent of an instance gave', '93.184.215.14', 200],
    ['is not sent there when that stands for an address of this machine', '127.0.0.1', 502],
  ])('%s', async (_title, address, expected) => {
    const { sendMessage } = agentThat({ status: 200, text: '{}' });
    const onEc2: Seen = { phase: 'Online', url: 'http://agent.example', backend: 'ec2/us-east-1' };
    await using api = await startWith(onEc2, { sendMessage, ...resolving(address) });

    expect((await api.send('POST', MESSAGES, MESSAGE)).status).toBe(expected);
  });
});

describe('the log of a hibernated workspace', () => {
  it('is there, and wakes nobody', async () => {
    await using api = await startWith(
      { phase: 'Hibernated', claimedAtWake: '' },
      { readLog: () => Promise.resolve('last words\n') },
    );

    const { status, text } = await api.get(`${ADA}/log`);

    expect([status, text]).toEqual([200, 'last words\n']);
    expect(await wakeRequestOf(api)).toBeUndefined();
  });
});
