import { describe, expect, it } from '@jest/globals';
import { sha256Hex } from '../../lib/hash.ts';
import { closeLaunches, mintToken, openLaunch } from '../support/agent-rows.ts';
import { age, db, heartbeat, register, report, say, uid, useAda } from './words.ts';

useAda();

const degraded = { errorRate: 0.5 };

describe('a report', () => {
  it('holds what the agent said last', async () => {
    await say(register({ url: 'http://127.0.0.1:9000' }));
    await say(
      heartbeat({
        errorRate: 0.2,
        sampleError: 'boom',
        currentTask: 'write',
        activeTasks: 2,
        uptimeSeconds: 12.5,
        monthlySpendCents: 400,
        metadata: { idle_timeout_seconds: 9 },
        configRevision: 'abc',
      }),
    );

    expect(await report()).toMatchObject({
      attempt: 1,
      url: 'http://127.0.0.1:9000',
      card: { name: 'Ada' },
      error_rate: 0.2,
      sample_error: 'boom',
      current_task: 'write',
      active_tasks: 2,
      uptime_seconds: 12.5,
      monthly_spend_cents: 400,
      metadata: { idle_timeout_seconds: 9 },
      config_revision: 'abc',
    });
  });

  it('of an agent that beats and never registered has no time of registration', async () => {
    await say(heartbeat());

    expect(await report()).toMatchObject({ registered_at: null, url: null });
  });

  it('starts afresh with a new attempt', async () => {
    await say(register());
    await say(heartbeat({ ...degraded, monthlySpendCents: 5, activeTasks: 3 }));
    await closeLaunches(db, uid);
    await openLaunch(db, { uid, attempt: 2 });
    await mintToken(db, { uid, attempt: 2, token: 'ada-again' });

    await say(heartbeat({ errorRate: 0.3 }, 'ada-again'));

    expect(await report()).toMatchObject({
      attempt: 2,
      url: null,
      card: null,
      registered_at: null,
      is_degraded: false,
      monthly_spend_cents: 0,
      active_tasks: 0,
    });
  });

  it('keeps the spend when a heartbeat says 0', async () => {
    await say(heartbeat({ monthlySpendCents: 700 }));
    await say(heartbeat());

    expect(await report()).toMatchObject({ monthly_spend_cents: 700 });
  });

  it('keeps the tasks when the agent registers again, and is no longer degraded', async () => {
    await say(heartbeat({ ...degraded, activeTasks: 1, currentTask: 'write' }));
    await say(register());

    expect(await report()).toMatchObject({
      active_tasks: 1,
      current_task: 'write',
      is_degraded: false,
    });
  });

  it('changes nothing but the card, and the sign of life, with a new card', async () => {
    await say(register());
    await say(heartbeat({ ...degraded, activeTasks: 1 }));
    await say({ kind: 'card', uid, tokenHash: sha256Hex('ada-1'), card: { name: 'Ada II' } });

    expect(await report()).toMatchObject({
      card: { name: 'Ada II' },
      url: 'http://127.0.0.1:8000',
      is_degraded: true,
      active_tasks: 1,
    });
  });
});

describe('degradation', () => {
  const managed = { capabilities: { status_mgmt: true } };

  it.each([
    { said: [0.49], is: false },
    { said: [0.5], is: true },
    { said: [0.5, 0.1], is: true },
    { said: [0.5, 0.09], is: false },
    { said: [0.3], is: false },
  ])('after error rates $said is $is', async ({ said, is }) => {
    for (const errorRate of said) {
      await say(heartbeat({ errorRate }));
    }

    expect(await report()).toMatchObject({ is_degraded: is });
  });

  it('comes with a wedged runtime, whatever the error rate, and goes with it', async () => {
    await say(heartbeat({ runtimeState: 'wedged' }));
    const wedged = await report();
    await say(heartbeat());

    expect(wedged).toMatchObject({ is_degraded: true, runtime_state: 'wedged' });
    expect(await report()).toMatchObject({ is_degraded: false });
  });

  it('ignores the error rate of an agent that manages its status itself, and not the wedging', async () => {
    await say(heartbeat({ ...degraded, metadata: managed }));
    const erring = await report();
    await say(heartbeat({ runtimeState: 'wedged' }));

    expect(erring).toMatchObject({ is_degraded: false });
    expect(await report()).toMatchObject({ is_degraded: true });
  });
});

describe('activity', () => {
  it.each([
    { said: 'a running task', word: { activeTasks: 1 }, moves: true },
    { said: 'another current task', word: { currentTask: 'next' }, moves: true },
    { said: 'nothing new', word: { currentTask: 'same' }, moves: false },
    { said: 'an error rate', word: { currentTask: 'same', errorRate: 0.9 }, moves: false },
  ])('moves with $said: $moves', async ({ word, moves }) => {
    await say(heartbeat({ currentTask: 'same' }));
    await age(60);
    const before = await report();

    await say(heartbeat(word));

    expect(Number((await report())?.activity_at) > Number(before?.activity_at)).toBe(moves);
  });

  it('moves with a register', async () => {
    await say(heartbeat());
    await age(60);
    const before = await report();

    await say(register());

    expect(Number((await report())?.activity_at)).toBeGreaterThan(Number(before?.activity_at));
  });
});
