import { describe, expect, it } from '@jest/globals';
import { eventuallyTrue } from '../support/eventually.ts';
import { AgentProcess } from './agent-process.ts';
import { HEARTBEAT, PlayedPlatform, REGISTER } from './played-platform.ts';

/** Longer than any test: what is said before was said at once. */
const NEVER = { HEARTBEAT_SECONDS: '3600' };

async function startBoth(
  env: Readonly<Record<string, string>> = {},
): Promise<{ platform: PlayedPlatform; agent: AgentProcess } & AsyncDisposable> {
  const platform = await PlayedPlatform.start();
  const agent = await AgentProcess.start({ PLATFORM_URL: platform.url, ...env });
  await platform.untilHeartbeat('it beats', () => true, 0);
  return {
    platform,
    agent,
    async [Symbol.asyncDispose]() {
      await agent[Symbol.asyncDispose]();
      await platform[Symbol.asyncDispose]();
    },
  };
}

describe('the sample agent and its platform', () => {
  it('registers with its token, and then beats with everything that is asked for', async () => {
    await using both = await startBoth();
    const { platform, agent } = both;

    expect(platform.said[0]).toEqual({
      path: REGISTER,
      token: 'first-token',
      body: {
        id: 'uid-of-ada',
        url: agent.url,
        agent_card: { name: 'ada', description: 'draws', version: '1.0.0', url: agent.url },
      },
    });
    expect(platform.said[1]).toEqual({
      path: HEARTBEAT,
      token: 'first-token',
      body: {
        workspace_id: 'uid-of-ada',
        error_rate: 0,
        sample_error: '',
        current_task: '',
        active_tasks: 0,
        uptime_seconds: expect.any(Number) as unknown,
        monthly_spend: 0,
        runtime_state: '',
        runtime_metadata: { capabilities: { heartbeat: true } },
        config_revision: 'one',
      },
    });
  });

  it('goes on registering until it is let in', async () => {
    await using platform = await PlayedPlatform.start();
    platform.nextStatuses.push(500);
    await using agent = await AgentProcess.start({ PLATFORM_URL: `${platform.url}/` });

    await platform.untilHeartbeat('it beats', () => true, 0);

    expect(platform.said.map(({ path }) => path).slice(0, 3)).toEqual([
      REGISTER,
      REGISTER,
      HEARTBEAT,
    ]);
    expect(agent.output).toContain('registering: the platform answered 500; again in 1 s\n');
  });

  it('reads its token again when it is refused, and never says it', async () => {
    await using both = await startBoth();
    const { platform, agent } = both;
    await agent.write('.auth_token', 'second-token');
    const before = platform.said.length;

    platform.goodToken = 'second-token';
    await eventuallyTrue({ until: 'the new token is used' }, () =>
      platform.said.slice(before).some(({ token }) => token === 'second-token'),
    );

    const tokens = platform.said.map(({ token }) => token);
    expect(tokens.slice(tokens.indexOf('second-token'))).not.toContain('first-token');
    expect(agent.output + JSON.stringify(await agent.describe())).not.toMatch(/-token/);
  });

  it.each([404, 410])('leaves with code 0 when its workspace is gone (%i)', async (status) => {
    await using both = await startBoth();

    both.platform.nextStatuses.push(status);

    expect(await both.agent.ended()).toBe(0);
  });

  it('survives a platform that fails for a while', async () => {
    await using both = await startBoth();
    const { platform, agent } = both;

    platform.nextStatuses.push(503, 500);
    await eventuallyTrue({ until: 'both were answered' }, () => platform.nextStatuses.length === 0);
    await platform.untilHeartbeat('it beats again', () => true);

    expect(agent.output).toContain('heartbeat: the platform answered 503\n');
  });

  it('tells of tasks, and of errors once', async () => {
    await using both = await startBoth();
    const { platform, agent } = both;

    await agent.post('/tasks', { seconds: 3600 });
    const busy = await platform.untilHeartbeat('it is busy', (beat) => beat['active_tasks'] === 1);
    const failing = platform.untilHeartbeat('it fails', (beat) => beat['error_rate'] === 1);
    const failed = await agent.post('/fail');
    const failure = await failing;
    const after = await platform.untilHeartbeat('it recovers', (beat) => beat['error_rate'] === 0);

    expect(busy['current_task']).toBe('busy for 3600 s');
    expect(failed.status).toBe(500);
    expect(failure['sample_error']).toBe('somebody asked for it');
    expect(after['sample_error']).toBe('');
  });

  it('says back what it is told', async () => {
    await using both = await startBoth();

    expect(await both.agent.post('/', { text: 'hello' })).toEqual({
      status: 200,
      body: { from: 'ada', received: { text: 'hello' } },
    });
  });

  it.each(['Paused', 'Hibernated'])(
    'drains when it is to be %s: finishes its task, takes no other, says so, and works again later',
    async (desiredState) => {
      await using both = await startBoth();
      const { platform, agent } = both;
      await agent.post('/tasks', { seconds: 0.5 });

      platform.wanted = { desiredState };
      await eventuallyTrue({ until: 'it drains' }, async () => (await agent.describe()).draining);
      const refused = await agent.post('/tasks', { seconds: 1 });
      const drained = await platform.untilHeartbeat('it is idle', (b) => b['active_tasks'] === 0);
      platform.wanted = { desiredState: 'Running' };
      await eventuallyTrue(
        { until: 'it takes tasks' },
        async () => (await agent.post('/tasks', { seconds: 0 })).status === 202,
      );

      expect(refused).toEqual({ status: 503, body: { error: 'draining' } });
      expect(drained['current_task']).toBe('');
    },
  );

  it('says at once that it has drained', async () => {
    await using platform = await PlayedPlatform.start();
    const letIn = Promise.withResolvers<undefined>();
    platform.answering = letIn.promise;
    platform.wanted = { desiredState: 'Hibernated' };
    await using agent = await AgentProcess.start({ ...NEVER, PLATFORM_URL: platform.url });
    await agent.post('/tasks', { seconds: 0.3 });

    letIn.resolve(undefined);

    await platform.untilHeartbeat('it is idle', (beat) => beat['active_tasks'] === 0, 0);
  });

  it('reads its files again when their revision changes, and learns of its children', async () => {
    await using both = await startBoth();
    const { platform, agent } = both;
    await agent.write('system-prompt.md', 'Draw.');
    expect((await agent.describe()).configFiles).toEqual([]);

    platform.wanted = {
      configRevision: 'two',
      children: { revision: 'a', items: [{ uid: 'uid-of-ben', name: 'ben' }] },
    };
    await eventuallyTrue({ until: 'the file is seen' }, async () =>
      (await agent.describe()).configFiles.includes('system-prompt.md'),
    );

    expect((await agent.describe()).children).toEqual([{ uid: 'uid-of-ben', name: 'ben' }]);
  });

  it('reads its files again on SIGHUP', async () => {
    await using agent = await AgentProcess.start({});
    await agent.write('system-prompt.md', 'Draw.');

    agent.signal('SIGHUP');

    await eventuallyTrue({ until: 'the file is seen' }, async () =>
      (await agent.describe()).configFiles.includes('system-prompt.md'),
    );
  });

  it.each([
    ['without a token', {}, {}],
    ['told to ignore it', { IGNORE_PLATFORM: '1' }, { '.auth_token': 'first-token' }],
  ])('says nothing to the platform %s', async (_title, env, files) => {
    await using platform = await PlayedPlatform.start();
    await using agent = await AgentProcess.start({ PLATFORM_URL: platform.url, ...env }, files);

    await agent.post('/tasks', { seconds: 0 });

    expect(platform.said).toEqual([]);
    agent.signal('SIGTERM');
    expect(await agent.ended()).toBe(0);
  });
});

describe('SIGTERM', () => {
  it('lets it finish its task, and take no other', async () => {
    await using agent = await AgentProcess.start({});
    await agent.post('/tasks', { seconds: 0.5 });

    agent.signal('SIGTERM');
    await eventuallyTrue({ until: 'it drains' }, async () => (await agent.describe()).draining);

    expect((await agent.post('/tasks', { seconds: 1 })).status).toBe(503);
    expect(await agent.ended()).toBe(0);
  });

  it('ends it before the patience of its class does, whatever it is doing', async () => {
    await using agent = await AgentProcess.start({ DRAIN_SECONDS: '0.2' });
    await agent.post('/tasks', { seconds: 3600 });

    agent.signal('SIGTERM');

    expect(await agent.ended()).toBe(0);
  });
});

describe('what the sample agent refuses', () => {
  it.each([
    ['a task without an end', '/tasks', { seconds: 1e9 }, 400],
    ['a task of no length', '/tasks', {}, 400],
    ['another address', '/elsewhere', {}, 405],
  ])('%s', async (_title, path, body, status) => {
    await using agent = await AgentProcess.start({});

    expect((await agent.post(path, body)).status).toBe(status);
  });
});
