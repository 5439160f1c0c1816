import { describe, expect, it } from '@jest/globals';
import type { WorkspaceClassSpec } from '../../api/workspace-class.ts';
import { UnknownOutcomeError } from '../../lib/errors.ts';
import { bundle, intentFor } from '../backends/intents.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { createFakeBackend, type FakeBackend } from './fake-backend.ts';
import type { FakeProviderOptions } from './provider-state.ts';
import { REFUSALS, before, late, partial, stale, throttled } from './faults.ts';

const classSpec: WorkspaceClassSpec = {
  backend: 'process',
  process: { runtimes: { agent: { command: ['a'] } } },
};

describe('the fake backend', () => {
  it('does nothing when a call fails before its effect', async () => {
    const { backend, launch } = fake();
    backend.failNext('launch', before());

    await expect(launch()).rejects.toThrow(UnknownOutcomeError);

    expect(backend.provider.instances()).toEqual([]);
    await expect(launch()).resolves.toMatchObject({ state: 'running' });
  });

  it('has had the effect when the answer is lost', async () => {
    const { backend, launch } = fake();
    backend.loseNextAnswer('launch');

    await expect(launch()).rejects.toThrow(UnknownOutcomeError);
    await launch();

    expect(backend.provider.instances()).toHaveLength(1);
    expect(backend.calls.map(({ method, fault }) => [method, fault])).toEqual([
      ['launch', 'after'],
      ['launch', undefined],
    ]);
  });

  it('lands a late call at its time', async () => {
    const { backend, clock, launch } = fake();
    backend.failNext('launch', late(5));
    await expect(launch()).rejects.toThrow(UnknownOutcomeError);

    clock.jump(4999);
    const early = await backend.list();
    clock.jump(1);

    expect(early).toEqual([]);
    expect(await backend.list()).toHaveLength(1);
  });

  it('lands a late call when the test says, and never after its lifetime', async () => {
    const { backend, clock, launch } = fake({ callLifetimeSeconds: 60 });
    backend.failNext('launch', late());
    await expect(launch(1)).rejects.toThrow();
    backend.provider.deliverLateCalls();
    backend.failNext('launch', late());
    await expect(launch(2)).rejects.toThrow();

    clock.jump(60_000);
    backend.provider.deliverLateCalls();

    expect(backend.provider.instances().map(({ marks }) => marks.attempt)).toEqual([1]);
    expect(backend.provider.lateCallCount).toBe(0);
  });

  it('gives one instance when a call and its late twin both land', async () => {
    const { backend, launch } = fake();
    backend.failNext('launch', late());
    await expect(launch()).rejects.toThrow();
    await launch();

    backend.provider.deliverLateCalls();

    expect(backend.provider.instances()).toHaveLength(1);
  });

  it('holds a call until it is released, before or after its effect', async () => {
    const { backend, launch } = fake();
    const beforeEffect = backend.holdNext('launch', 'before');
    const first = launch(1);
    await beforeEffect.arrived;
    const seenBefore = backend.provider.instances().length;
    const afterEffect = backend.holdNext('launch', 'after');
    const second = launch(2);
    await afterEffect.arrived;
    const seenAfter = backend.provider.instances().length;

    beforeEffect.release();
    afterEffect.release();

    expect([seenBefore, seenAfter]).toEqual([0, 1]);
    expect((await Promise.all([first, second])).map(({ state }) => state)).toEqual([
      'running',
      'running',
    ]);
  });

  it('refuses a call that was held for longer than calls live', async () => {
    const { backend, clock, launch } = fake({ callLifetimeSeconds: 60 });
    const held = backend.holdNext('launch');
    const launching = launch();
    await held.arrived;

    clock.jump(60_000);
    held.release();

    await expect(launching).rejects.toThrow('RequestExpired');
    expect(backend.provider.instances()).toEqual([]);
  });

  it('hides new instances from every read, but not from their token', async () => {
    const { backend, clock, launch } = fake({ settleSeconds: 30, visibleAfterSeconds: 30 });
    const { id, marks } = await launch();
    await backend.terminate(id);

    const hidden = [await backend.find(id), await backend.findByToken(marks.token)];
    const again = await launch();
    clock.jump(30_000);

    expect(hidden).toEqual([undefined, undefined]);
    expect(again).toMatchObject({ id, state: 'running' });
    expect(await backend.list()).toMatchObject([{ id, state: 'running' }]);
  });

  it('answers an old list, or throws instead of a part of one', async () => {
    const { backend, launch } = fake();
    backend.failNext('list', stale(await backend.list()));
    backend.failNext('list', partial());
    await launch();

    expect(await backend.list()).toEqual([]);
    await expect(backend.list()).rejects.toThrow(UnknownOutcomeError);
    expect(await backend.list()).toHaveLength(1);
  });

  it.each([
    ['ThrottledError', throttled(7)],
    ['InsufficientCapacityError', REFUSALS.capacity()],
    ['QuotaExceededError', REFUSALS.quota()],
    ['UnauthorizedError', REFUSALS.unauthorized()],
    ['TerminalError', REFUSALS.invalid()],
  ])('can refuse with a %s', async (name, fault) => {
    const { backend, launch } = fake();
    backend.failNext('launch', fault);

    await expect(launch()).rejects.toMatchObject({ name });

    expect(backend.provider.instances()).toEqual([]);
  });

  it('loses an instance, or sight of it when its marks are removed', async () => {
    const { backend, launch } = fake();
    const [lost, unmarked] = [await launch(1), await launch(2)];

    backend.provider.remove(lost.id);
    backend.provider.removeMarks(unmarked.id);

    expect(await backend.list()).toEqual([]);
    expect(await backend.find(lost.id)).toBeUndefined();
    expect(await backend.find(unmarked.id)).toMatchObject({ id: unmarked.id });
    expect(await backend.findByToken(unmarked.marks.token)).toMatchObject({ id: unmarked.id });
  });

  it('cuts off one client and not the other', async () => {
    const { backend, launch } = fake();
    const another = backend.another({ name: 'another' });
    await launch();
    const end = backend.failAll(before());

    await expect(backend.list()).rejects.toThrow(UnknownOutcomeError);
    const seen = await another.list();
    end();

    expect(seen).toHaveLength(1);
    expect(await backend.list()).toEqual(seen);
  });

  it('asks a rule about every call, for faults by chance or by count', async () => {
    const { backend, launch } = fake();
    let count = 0;
    backend.failWhen(({ method }) => {
      count += method === 'launch' ? 1 : 0;
      return count === 2 ? before() : undefined;
    });

    const launches = await Promise.allSettled([launch(1), launch(2), launch(3)]);
    backend.heal();

    expect(launches.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('forgets a terminated instance after a while', async () => {
    const { backend, clock, launch } = fake({ terminatedVisibleSeconds: 60 });
    const { id } = await launch();
    await backend.terminate(id);

    const seen = await backend.list();
    clock.jump(60_000);

    expect(seen).toMatchObject([{ id, state: 'terminated' }]);
    expect(await backend.list()).toEqual([]);
  });
});

function fake(options: Partial<FakeProviderOptions> = {}) {
  const clock = new VirtualClock();
  const backend: FakeBackend = createFakeBackend({ clock, ...options });
  const launch = async (attempt = 1) =>
    await backend.launch(
      await intentFor(backend, classSpec, { workspaceUid: 'w', attempt }),
      bundle(),
    );
  return { clock, backend, launch };
}
