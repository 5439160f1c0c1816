import { describe, expect, it } from '@jest/globals';
import { RUN_BOUNDARY } from '../../../api/run-boundary.ts';
import { say } from '../../support/agents.ts';
import { Harness, type HarnessOptions } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';

const REGISTERING = processClass({ readiness: 'Registered', provisionTimeout: { default: '10m' } });
const DEMO = workspace({ name: 'demo' });
/** Nobody listens there. */
const CLOSED_PORT = 'http://127.0.0.1:1';

/** Its instance runs and its agent has not spoken. */
/** Its agent is given a secret. */
async function startUser(mine: Readonly<Record<string, string>>): Promise<Harness> {
  const harness = await Harness.start({ secrets: () => ({ mine }) });
  const envFrom = [{ secretRef: { name: 'mine' } }];
  await harness.apply(
    processClass({ readiness: 'Registered' }),
    workspace({ name: 'demo', envFrom }),
  );
  await harness.look();
  await harness.look();
  return harness;
}

async function startDemo(options: HarnessOptions = {}): Promise<Harness> {
  const harness = await Harness.start(options);
  await harness.apply(REGISTERING, DEMO);
  await harness.look();
  await harness.look();
  return harness;
}

/** Its agent has registered, and then says nothing for so long; ports are asked at the end. */
async function silence(harness: Harness, seconds: number): Promise<void> {
  await say(harness, 'demo');
  await harness.look();
  harness.log.clear();
  await harness.advance(seconds);
  await harness.process.leader.prober.round(new AbortController().signal);
  await harness.look();
}

/** Passes the time until one more attempt has timed out. */
async function timeOut(harness: Harness): Promise<void> {
  await harness.advance(601);
  await harness.look();
}

/** What `Ready` says of it. */
async function ready(harness: Harness) {
  return await harness.condition('demo', 'Ready');
}

describe('an agent that is expected to register', () => {
  it('is Online when it speaks, and not before', async () => {
    await using harness = await startDemo();

    const before = await harness.status('demo');
    await say(harness, 'demo');
    await harness.look();

    expect(before).toMatchObject({ phase: 'Provisioning' });
    expect(before.conditions).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'Ready', status: 'False', reason: 'AwaitingHeartbeat' }),
        expect.objectContaining({ type: 'Available', status: 'False', reason: 'AwaitingAgent' }),
        expect.objectContaining({ type: 'Registered', status: 'False' }),
        expect.objectContaining({ type: 'Provisioned', status: 'True', reason: 'Running' }),
      ]),
    );
    expect(await harness.status('demo')).toMatchObject({ phase: 'Online' });
    expect(await harness.condition('demo', 'Registered')).toMatchObject({
      status: 'True',
      reason: 'Registered',
    });
    expect(await harness.condition('demo', 'Available')).toMatchObject({
      status: 'True',
      reason: 'Heartbeating',
    });
  });

  it('has credentials before its instance is there', async () => {
    await using harness = await Harness.start();
    const launch = harness.backend.holdNext('launch');
    await harness.apply(REGISTERING, DEMO);

    const looked = harness.look();
    await launch.arrived;
    const stored = await harness.db.selectFrom('credentials').selectAll().execute();
    launch.release();
    await looked;

    expect(stored).toMatchObject([{ attempt: 1, used_at: null, revoked_at: null }]);
  });

  it('is degraded while most of its requests fail, and Online again after', async () => {
    await using harness = await startDemo();
    await say(harness, 'demo', { isDegraded: true, sampleError: '429 from the model' });
    await harness.look();

    const degraded = await harness.status('demo');
    await say(harness, 'demo');
    await harness.look();

    expect(degraded.phase).toBe('Degraded');
    expect(JSON.stringify(degraded.conditions)).toContain('429 from the model');
    expect(await harness.status('demo')).toMatchObject({ phase: 'Online' });
  });

  it('says of its failures no secret that it was given', async () => {
    await using harness = await startUser({ KEY: 'hunter2-planted' });
    await say(harness, 'demo', { isDegraded: true, sampleError: 'bad key hunter2-planted' });
    await harness.look();

    expect(await harness.condition('demo', 'Available')).toMatchObject({
      message:
        'the agent beats, and at least half of its requests failed, for example: bad key ***',
    });
  });

  it('is not believed for another attempt: a late word of an old one counts for nothing', async () => {
    await using harness = await startDemo();
    await say(harness, 'demo');
    await harness.look();
    await harness.db.updateTable('agent_reports').set({ attempt: 0 }).execute();

    await harness.restart();
    await harness.look();

    expect(await ready(harness)).toMatchObject({ status: 'False', reason: 'AwaitingHeartbeat' });
  });
});

describe('an agent that never registers', () => {
  it('is replaced after the time-out and a backoff; why, and its last lines, are kept', async () => {
    await using harness = await startDemo();
    const [first] = harness.instances();
    harness.backend.provider.writeLog(first?.id ?? '', 'no such model\n');

    await timeOut(harness);
    const failed = await harness.status('demo');
    const running = harness.instances();
    await harness.advance(11);
    await harness.look();

    expect(failed).toMatchObject({
      phase: 'Failed',
      failures: { count: 1, lastReason: 'ProvisionTimeout' },
      lastExit: { attempt: 1, log: 'ready\nno such model\n' },
    });
    expect(failed.conditions).toContainEqual(
      expect.objectContaining({
        type: 'Ready',
        reason: 'ProvisionTimeout',
        message:
          'started 10m ago, the agent never registered; last log lines: ready / no such model',
      }),
    );
    expect(running).toEqual([]);
    expect(harness.instances()).toMatchObject([{ marks: { attempt: 2 } }]);
    expect(await harness.activity('demo')).toContain('ProvisionTimeout ProvisionTimeout');
  });

  it('is told of by what it logged since its last start, in which it may have been given other secrets', async () => {
    await using harness = await startUser({ KEY: 'hunter2-planted' });
    const id = harness.instances()[0]?.id ?? '';
    const log = `bad key other-planted\n${RUN_BOUNDARY}\nbad key hunter2-planted\n`;
    harness.backend.provider.writeLog(id, log);

    await timeOut(harness);

    expect(await harness.status('demo')).toMatchObject({ lastExit: { log: 'bad key ***\n' } });
  });

  it('leaves no more of its log than a row should hold', async () => {
    await using harness = await startDemo();
    const id = harness.instances()[0]?.id ?? '';
    harness.backend.provider.writeLog(id, `${'x'.repeat(100_000)}\n`);

    await timeOut(harness);

    expect((await harness.status('demo')).lastExit?.log).toHaveLength(4096);
  });

  it('is given up after five attempts, until its declaration changes', async () => {
    await using harness = await startDemo();

    await harness.settle();
    const launches = await harness.launches('demo');
    const stalled = await harness.condition('demo', 'Stalled');
    await harness.apply(REGISTERING, workspace({ name: 'demo', role: 'Design' }));
    await harness.look();
    await harness.look();

    expect(launches.map(({ state }) => state)).toEqual(Array(5).fill('closed'));
    expect(stalled).toMatchObject({ status: 'True', reason: 'AttemptsExhausted' });
    expect(harness.instances()).toMatchObject([{ marks: { attempt: 6 } }]);
    expect(await harness.condition('demo', 'Stalled')).toBeUndefined();
  });

  it('is tried again when somebody asks for it', async () => {
    await using harness = await startDemo();
    await harness.settle();
    const annotations = { 'treeline.dev/reconcile-requested-at': 'now' };

    await harness.apply(REGISTERING, workspace({ name: 'demo', annotations }));
    await harness.look();
    await harness.look();

    expect(harness.instances()).toMatchObject([{ marks: { attempt: 6 } }]);
    expect(await harness.status('demo')).toMatchObject({ lastHandledReconcileAt: 'now' });
  });
});

describe('an agent that goes silent', () => {
  it('may be busy: for 120 seconds nothing is done and nothing said', async () => {
    await using harness = await startDemo({ url: () => CLOSED_PORT });

    await silence(harness, 120);

    expect(harness.actions()).toEqual([]);
    expect(await ready(harness)).toMatchObject({ status: 'True', reason: 'Online' });
  });

  it('is lost after 180 seconds, and runs on while its port answers', async () => {
    await using harness = await startDemo();

    await silence(harness, 181);

    expect(harness.actions()).toEqual([]);
    expect(await harness.status('demo')).toMatchObject({ phase: 'Offline' });
    expect(await ready(harness)).toMatchObject({ status: 'False', reason: 'HeartbeatLost' });
    expect(await harness.condition('demo', 'Available')).toMatchObject({ reason: 'HeartbeatLost' });
  });

  it('is restarted after a backoff when its port does not answer either', async () => {
    await using harness = await startDemo({ url: () => CLOSED_PORT });

    await silence(harness, 181);
    await harness.look();
    const stopped = await harness.status('demo');
    const running = harness.instances();
    await harness.advance(11);
    await harness.look();

    expect(running).toEqual([]);
    expect(stopped).toMatchObject({ phase: 'Offline', failures: { lastReason: 'HeartbeatLost' } });
    expect(stopped.conditions).toContainEqual(
      expect.objectContaining({ type: 'Ready', status: 'False', reason: 'HeartbeatLost' }),
    );
    expect(harness.actions()).toEqual(['Stop', 'Start']);
    expect(harness.instances()).toMatchObject([{ marks: { attempt: 1 } }]);
    expect(await ready(harness)).toMatchObject({ reason: 'AwaitingHeartbeat' });
  });

  it('is back as soon as it speaks', async () => {
    await using harness = await startDemo();
    await silence(harness, 300);

    await say(harness, 'demo');
    await harness.look();

    expect(await ready(harness)).toMatchObject({ status: 'True', reason: 'Online' });
  });
});
