import { beforeEach, describe, expect, it } from '@jest/globals';
import { Fleet, type Observation } from '../../controllers/fleet.ts';
import { UnknownOutcomeError } from '../../lib/errors.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { instance } from './instances.ts';

const INTERVAL_SECONDS = 2;
const AWAY = new UnknownOutcomeError('listing instances: no answer');

let clock: VirtualClock;
let fleet: Fleet;

beforeEach(() => {
  clock = new VirtualClock();
  fleet = new Fleet(() => clock.now());
  fleet.addBackend('process', INTERVAL_SECONDS);
});

/** A list that begins and ends now. */
function list(...instances: Parameters<Fleet['storeList']>[2]): ReadonlySet<string> {
  return fleet.storeList('process', clock.now(), instances);
}

function look(uid = 'ada', backends: readonly string[] = ['process']): Observation {
  return fleet.snapshot().of(uid, backends);
}

function seconds(count: number): void {
  clock.jump(count * 1000);
}

describe('what is known of a workspace', () => {
  it('is nothing before the first list', () => {
    expect(look()).toMatchObject({ kind: 'unknown', instances: [] });
  });

  it('is what the last list shows, with the time it began', () => {
    const startedAt = clock.now();
    seconds(1);
    fleet.storeList('process', startedAt, [instance('ada'), instance('bob')]);

    expect(look()).toEqual({
      kind: 'known',
      takenAt: startedAt,
      instances: [{ backend: 'process', instance: instance('ada') }],
    });
    expect(look('carl')).toMatchObject({ kind: 'known', instances: [] });
  });

  it('is nothing after a call for it, until a list that began later', () => {
    list(instance('ada'));
    seconds(1);
    const beganBefore = clock.now();
    seconds(1);
    fleet.noteCall('ada', 'process');
    expect(look()).toMatchObject({ kind: 'unknown', isAwaitingList: true });

    fleet.storeList('process', beganBefore, [instance('ada')]);
    expect(look()).toMatchObject({ kind: 'unknown', isAwaitingList: true });

    seconds(1);
    list(instance('ada'));
    expect(look()).toMatchObject({ kind: 'known' });
  });

  it('is as it was for everybody else after such a call', () => {
    list(instance('ada'), instance('bob'));
    seconds(1);
    fleet.noteCall('ada', 'process');

    expect(look('bob')).toMatchObject({ kind: 'known' });
  });

  it('is not awaited any more when the list that should follow a call is overdue', () => {
    list(instance('ada'));
    seconds(1);
    fleet.noteCall('ada', 'process');
    fleet.storeFailure('process', AWAY);

    seconds(3 * INTERVAL_SECONDS);
    expect(look()).toMatchObject({ kind: 'unknown', isAwaitingList: true });
    seconds(1);
    expect(look()).toMatchObject({ kind: 'unknown', isAwaitingList: false, error: AWAY });
  });

  it('is nothing when the last list is older than three intervals', () => {
    list(instance('ada'));

    seconds(3 * INTERVAL_SECONDS);
    expect(look()).toMatchObject({ kind: 'known' });
    seconds(1);
    expect(look()).toMatchObject({ kind: 'unknown' });
  });

  it('lasts longer where a list takes longer', () => {
    const startedAt = clock.now();
    seconds(10);
    fleet.storeList('process', startedAt, [instance('ada')]);

    seconds(20);

    expect(look()).toMatchObject({ kind: 'known' });
  });

  it('outlives a failed list, but not its age', () => {
    list(instance('ada'));
    fleet.storeFailure('process', AWAY);

    expect(look()).toMatchObject({ kind: 'known' });
    seconds(100);
    expect(look()).toMatchObject({
      kind: 'unknown',
      error: AWAY,
      instances: [{ backend: 'process' }],
    });
  });

  it('needs every backend that is asked for, and takes the oldest list', () => {
    fleet.addBackend('docker', INTERVAL_SECONDS);
    const oldest = clock.now();
    list(instance('ada'));
    expect(look('ada', ['process', 'docker'])).toMatchObject({ kind: 'unknown' });

    seconds(1);
    fleet.storeList('docker', clock.now(), [instance('ada', { id: 'c-1' })]);

    const both = look('ada', ['docker', 'process']);
    expect(both).toMatchObject({ kind: 'known', takenAt: oldest });
    expect(both.instances).toHaveLength(2);
  });

  it('is unknown in a backend that is not configured', () => {
    expect(look('ada', ['ec2'])).toMatchObject({ kind: 'unknown' });
  });

  it('is known where no backend matters', () => {
    expect(look('ada', [])).toMatchObject({ kind: 'known', instances: [] });
  });

  it('stays as it was in a snapshot that was taken before', () => {
    list(instance('ada'));
    const snapshot = fleet.snapshot();
    seconds(1);
    list();

    expect(snapshot.of('ada', ['process']).instances).toHaveLength(1);
  });

  it('stays unknown in a snapshot whose list is older than the last call, when the next list comes meanwhile', () => {
    list(instance('ada'));
    seconds(1);
    fleet.noteCall('ada', 'process');
    const snapshot = fleet.snapshot();
    seconds(1);
    list();

    expect(snapshot.of('ada', ['process'])).toMatchObject({
      kind: 'unknown',
      isAwaitingList: true,
    });
  });

  it('does not stay unknown when the local clock is set back', () => {
    list(instance('ada'));
    fleet.noteCall('ada', 'process');

    clock.stepWallClock(-3_600_000);
    list(instance('ada'));
    seconds(1);
    list(instance('ada'));

    expect(look()).toMatchObject({ kind: 'known' });
  });
});

describe('what a list tells of', () => {
  it('is nobody the first time, when there is nothing to compare it with', () => {
    expect([...list(instance('ada'))]).toEqual([]);
  });

  it('is whoever appeared, changed or vanished', () => {
    list(instance('ada'), instance('bob'), instance('carl'));

    const told = list(
      instance('ada'),
      instance('bob', { state: 'stopped' }),
      instance('dora', { id: 'i-4' }),
    );

    expect([...told].sort()).toEqual(['bob', 'carl', 'dora']);
  });

  it('is whoever waited for it, although nothing changed', () => {
    list(instance('ada'));
    fleet.noteCall('ada', 'process');
    seconds(1);

    expect([...list(instance('ada'))]).toEqual(['ada']);
    expect([...list(instance('ada'))]).toEqual([]);
  });
});

describe('the instances that listen', () => {
  const url = 'http://127.0.0.1:20000';

  it('are those that run and have an address', () => {
    list(
      instance('ada', { url }),
      instance('bob'),
      instance('carl', { url: `${url}1`, state: 'stopped' }),
    );

    expect(fleet.listening()).toEqual([instance('ada', { url })]);
  });

  it('are the same array until a list says something else', () => {
    list(instance('ada', { url }));
    const before = fleet.listening();

    expect(fleet.listening()).toBe(before);
    list(instance('ada', { url }));
    expect(fleet.listening()).toBe(before);
    list(instance('ada', { url, state: 'stopped' }));
    expect(fleet.listening()).toEqual([]);
  });
});

it('knows whether a backend was looked at, with or without success', () => {
  expect(fleet.hasLookedAt('process')).toBe(false);

  fleet.storeFailure('process', AWAY);

  expect(fleet.hasLookedAt('process')).toBe(true);
  expect(fleet.lists()).toEqual([]);
});
