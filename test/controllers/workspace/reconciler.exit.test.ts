import { expect, it } from '@jest/globals';
import { Harness } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';

const DEMO = [processClass(), workspace({ name: 'demo' })];

async function startDemo(): Promise<Harness> {
  const harness = await Harness.start();
  await harness.apply(...DEMO);
  await harness.settle();
  harness.log.clear();
  return harness;
}

function demoId(harness: Harness): string {
  return harness.instances()[0]?.id ?? 'none';
}

/** The agent ends by itself; answers the seconds until it runs again. */
async function secondsUntilRestart(harness: Harness): Promise<number> {
  harness.backend.provider.exit(demoId(harness), { code: 1 });
  const exitedMs = harness.clock.monotonicMs();
  await harness.look();
  while (harness.instances().length === 0) {
    await harness.advance(1);
    await harness.look();
  }
  return Math.floor((harness.clock.monotonicMs() - exitedMs) / 1000);
}

it('keeps the evidence of an exit', async () => {
  await using harness = await startDemo();
  harness.backend.provider.writeLog(demoId(harness), 'config.yaml: no such file\n');

  harness.backend.provider.exit(demoId(harness), { code: 78 });
  await harness.look();

  expect(await harness.status('demo')).toMatchObject({
    phase: 'Offline',
    lastExit: { attempt: 1, code: 78, log: 'ready\nconfig.yaml: no such file\n' },
    failures: { count: 1, lastReason: 'CrashLoopBackOff' },
  });
  expect(await harness.condition('demo', 'Ready')).toMatchObject({
    status: 'False',
    reason: 'CrashLoopBackOff',
    message: 'the agent exited with code 78; last log line: config.yaml: no such file',
  });
});

it('shows no secret that the agent logged before it ended', async () => {
  await using harness = await Harness.start({
    secrets: () => ({ mine: { KEY: 'hunter2-planted' } }),
  });
  await harness.apply(
    processClass(),
    workspace({ name: 'demo', envFrom: [{ secretRef: { name: 'mine' } }] }),
  );
  await harness.settle();
  harness.backend.provider.writeLog(demoId(harness), 'bad key hunter2-planted\n');

  harness.backend.provider.exit(demoId(harness), { code: 1 });
  await harness.look();

  expect(await harness.status('demo')).toMatchObject({ lastExit: { log: 'ready\nbad key ***\n' } });
  expect(await harness.condition('demo', 'Ready')).toMatchObject({
    message: 'the agent exited with code 1; last log line: bad key ***',
  });
});

it('shows nothing of the log of an agent that was given secrets which have changed since', async () => {
  let key = 'hunter2-planted';
  await using harness = await Harness.start({ secrets: () => ({ mine: { KEY: key } }) });
  await harness.apply(
    processClass(),
    workspace({ name: 'demo', envFrom: [{ secretRef: { name: 'mine' } }] }),
  );
  await harness.settle();
  harness.backend.provider.writeLog(demoId(harness), 'bad key hunter2-planted\n');

  key = 'another-value';
  harness.backend.provider.exit(demoId(harness), { code: 1 });
  await harness.look();

  expect(await harness.status('demo')).toMatchObject({ lastExit: { code: 1, log: '' } });
  expect(await harness.condition('demo', 'Ready')).toMatchObject({
    message: 'the agent exited with code 1',
  });
});

it('starts it again after 10 seconds, doubling to 5 minutes', async () => {
  await using harness = await startDemo();
  const waits: number[] = [];

  for (let time = 0; time < 7; time += 1) {
    waits.push(await secondsUntilRestart(harness));
  }

  expect(waits).toEqual([10, 20, 40, 80, 160, 300, 300]);
  expect(await harness.launches('demo')).toMatchObject([{ attempt: 1, state: 'launched' }]);
});

it('logs one line for each time it ends, and none for the starts between them', async () => {
  await using harness = await startDemo();
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await secondsUntilRestart(harness);
  }

  const lines = harness.log.lines.filter(({ level }) => level !== 'debug');
  expect(lines.map(({ action }) => action)).toEqual(['RecordExit', 'RecordExit', 'RecordExit']);
});

it('tells each exit once', async () => {
  await using harness = await startDemo();

  await secondsUntilRestart(harness);
  await secondsUntilRestart(harness);
  await harness.restart();
  await harness.settle();

  const exits = (await harness.activity('demo')).filter((line) => line.startsWith('Exited'));
  expect(exits).toEqual(['Exited CrashLoopBackOff', 'Exited CrashLoopBackOff']);
});

it('waits as long after the controller was restarted', async () => {
  await using harness = await startDemo();
  await secondsUntilRestart(harness);
  harness.backend.provider.exit(demoId(harness), { code: 1 });
  await harness.look();

  await harness.advance(5);
  await harness.restart();
  await harness.look();
  const early = harness.instances();
  await harness.advance(16);
  await harness.look();

  expect(early).toEqual([]);
  expect(harness.backend.calls.filter(({ method }) => method === 'start')).toHaveLength(2);
});

it('starts at once when somebody asks for it', async () => {
  await using harness = await startDemo();
  await secondsUntilRestart(harness);
  harness.backend.provider.exit(demoId(harness), { code: 1 });
  await harness.look();

  await harness.apply(
    processClass(),
    workspace({
      name: 'demo',
      annotations: { 'treeline.dev/reconcile-requested-at': 'now' },
    }),
  );
  await harness.look();
  await harness.look();

  expect(harness.instances()).toHaveLength(1);
});

it('begins to count anew once the agent was well for ten minutes', async () => {
  await using harness = await startDemo();
  await secondsUntilRestart(harness);
  await secondsUntilRestart(harness);

  await harness.advance(700);
  const wait = await secondsUntilRestart(harness);

  expect(wait).toBe(10);
});

it('forgets failures once the agent was well for ten minutes', async () => {
  await using harness = await startDemo();
  await secondsUntilRestart(harness);

  await harness.advance(700);
  await harness.look();

  expect(await harness.status('demo')).not.toHaveProperty('failures');
});

it('replaces an instance that somebody ended, at once the first time', async () => {
  await using harness = await startDemo();
  const before = demoId(harness);

  harness.backend.provider.remove(before);
  await harness.look();
  await harness.look();

  expect(harness.instances()).toHaveLength(1);
  expect(demoId(harness)).not.toBe(before);
  expect(await harness.launches('demo')).toMatchObject([
    { attempt: 1, state: 'closed', close_reason: 'InstanceLost' },
    { attempt: 2, state: 'launched' },
  ]);
  expect(await harness.activity('demo')).toContain('InstanceLost InstanceLost');
});

it('waits longer each time an instance is lost', async () => {
  await using harness = await startDemo();
  harness.backend.provider.change(demoId(harness), { state: 'terminated' });
  await harness.look();
  await harness.look();

  harness.backend.provider.change(demoId(harness), { state: 'terminated' });
  await harness.look();
  await harness.look();
  const whileWaiting = harness.instances();
  await harness.settle();

  expect(whileWaiting).toEqual([]);
  expect(harness.instances()).toHaveLength(1);
});
