import { describe, expect, it } from '@jest/globals';
import type { Instance } from '../../backends/backend.ts';
import { Fleet, type Observation } from '../../controllers/fleet.ts';
import { BackendUnavailableError } from '../../lib/errors.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { seen } from './workspace/builders.ts';

const INTERVAL_SECONDS = 2;
const UID = 'uid-ada';
const INSTANCE = seen().instance;

/** A fleet with one backend, which was never listed. */
function start() {
  const clock = new VirtualClock();
  const fleet = new Fleet(() => clock.now());
  fleet.addBackend('process', INTERVAL_SECONDS);
  const list = (...instances: readonly Instance[]): ReadonlySet<string> =>
    fleet.storeList('process', clock.now(), instances);
  const observe = (): Observation => fleet.snapshot().of(UID, ['process']);
  return { clock, fleet, list, observe };
}

describe('what is known of a workspace', () => {
  it('is nothing before the first list', () => {
    expect(start().observe()).toMatchObject({ kind: 'unknown', instances: [] });
  });

  it('is what the last complete list shows, and when that began', () => {
    const { clock, list, observe } = start();

    list(INSTANCE);
    const takenAt = clock.now();
    clock.jump(1000);

    expect(observe()).toEqual({
      kind: 'known',
      takenAt,
      instances: [{ backend: 'process', instance: INSTANCE }],
    });
  });

  it('is that it has no instance, when a complete list shows none', () => {
    const { list, observe } = start();

    list();

    expect(observe()).toMatchObject({ kind: 'known', instances: [] });
  });

  it('is nothing in a backend that is not configured', () => {
    const { fleet, list } = start();

    list(INSTANCE);

    expect(fleet.snapshot().of(UID, ['process', 'docker'])).toMatchObject({ kind: 'unknown' });
  });

  it('is known without any backend, for whoever needs none', () => {
    expect(start().fleet.snapshot().of(UID, [])).toMatchObject({ kind: 'known' });
  });

  it('does not change under who is deciding: a snapshot stays as it was', () => {
    const { clock, fleet, list } = start();
    list(INSTANCE);
    const snapshot = fleet.snapshot();

    clock.jump(1000);
    list();

    expect(snapshot.of(UID, ['process']).instances).toHaveLength(1);
  });
});

describe('a list', () => {
  it('is good for three intervals, and not longer', () => {
    const { clock, list, observe } = start();
    list(INSTANCE);

    clock.jump(INTERVAL_SECONDS * 3000);
    expect(observe().kind).toBe('known');
    clock.jump(1);

    expect(observe()).toMatchObject({ kind: 'unknown', isAwaitingList: false });
    expect(observe().instances).toHaveLength(1);
  });

  it('that failed is no list: the one before stays good as long as it is young', () => {
    const { clock, fleet, list, observe } = start();
    list(INSTANCE);

    fleet.storeFailure('process', new BackendUnavailableError('listing: gone'));

    expect(observe().kind).toBe('known');
    clock.jump(INTERVAL_SECONDS * 3000 + 1);
    expect(observe()).toMatchObject({ kind: 'unknown', error: { message: 'listing: gone' } });
  });

  it('that began before the last call ended says nothing about its workspace', () => {
    const { clock, fleet, list, observe } = start();
    list(INSTANCE);
    clock.jump(100);

    fleet.noteCall(UID, 'process');

    expect(observe()).toMatchObject({ kind: 'unknown', isAwaitingList: true });
    expect(fleet.snapshot().of('uid-bob', ['process']).kind).toBe('known');
    clock.jump(1);
    list(INSTANCE);
    expect(observe().kind).toBe('known');
  });

  it('that was under way during a call says nothing either', () => {
    const { clock, fleet, observe } = start();
    const startedAt = clock.now();
    clock.jump(100);
    fleet.noteCall(UID, 'process');
    clock.jump(100);

    fleet.storeList('process', startedAt, []);

    expect(observe().kind).toBe('unknown');
  });
});

describe('a new list', () => {
  it('names whose instances appeared, changed or vanished, and who waited for it', () => {
    const { clock, fleet, list } = start();
    const bob = { ...INSTANCE, id: 'i-2', marks: { ...INSTANCE.marks, workspaceUid: 'uid-bob' } };
    list(INSTANCE);

    clock.jump(1000);
    expect([...list(INSTANCE)]).toEqual([]);
    clock.jump(1000);
    expect([...list(INSTANCE, bob)]).toEqual(['uid-bob']);
    clock.jump(1000);
    expect([...list({ ...INSTANCE, state: 'stopped' }, bob)]).toEqual([UID]);
    clock.jump(1000);
    expect([...list(bob)]).toEqual([UID]);
    fleet.noteCall('uid-bob', 'process');
    clock.jump(1000);
    expect([...list(bob)]).toEqual(['uid-bob']);
  });
});
