import { describe, expect, it } from '@jest/globals';
import { Fleet } from '../../controllers/fleet.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { instance } from './instances.ts';

const KEY = 'ec2/eu-central-1';

function listedFleet(...listed: Parameters<Fleet['storeList']>[2]) {
  const clock = new VirtualClock();
  const fleet = new Fleet(() => clock.now());
  fleet.addBackend(KEY, 30);
  fleet.storeList(KEY, clock.now(), listed);
  const at = (seconds: number): Date => {
    clock.jump(seconds * 1000);
    return clock.now();
  };
  return { fleet, at, observe: (uid: string) => fleet.snapshot().of(uid, [KEY]) };
}

describe('a list of a few workspaces', () => {
  it('makes known what was unknown since the last call, for these alone', () => {
    const { fleet, at, observe } = listedFleet();
    at(1);
    fleet.noteCall('ada', KEY);
    fleet.noteCall('ben', KEY);
    const startedAt = at(1);

    const told = fleet.storePart(KEY, { uids: ['ada'], startedAt, instances: [instance('ada')] });

    expect([...told]).toEqual(['ada']);
    expect(observe('ada')).toMatchObject({ kind: 'known', takenAt: startedAt });
    expect(observe('ben')).toMatchObject({ kind: 'unknown', isAwaitingList: true });
  });

  it('takes away what it does not show, and leaves the others as they were', () => {
    const { fleet, at, observe } = listedFleet(instance('ada'), instance('ben'));

    const told = fleet.storePart(KEY, { uids: ['ada'], startedAt: at(10), instances: [] });

    expect([...told]).toEqual(['ada']);
    expect(observe('ada')).toMatchObject({ kind: 'known', instances: [] });
    expect(observe('ben')).toMatchObject({ instances: [{ instance: instance('ben') }] });
  });

  it('proves nothing when it began before the last call', () => {
    const { fleet, at, observe } = listedFleet();
    const startedAt = at(1);
    at(1);
    fleet.noteCall('ada', KEY);

    fleet.storePart(KEY, { uids: ['ada'], startedAt, instances: [] });

    expect(observe('ada')).toMatchObject({ kind: 'unknown' });
  });

  it('is forgotten with the next whole list, and counts for nothing when it is older', () => {
    const { fleet, at, observe } = listedFleet(instance('ada'));
    const startedAt = at(1);
    fleet.storeList(KEY, at(1), [instance('ada')]);

    const told = fleet.storePart(KEY, { uids: ['ada'], startedAt, instances: [] });

    expect([...told]).toEqual([]);
    expect(observe('ada')).toMatchObject({ instances: [{ instance: instance('ada') }] });
  });

  it('is no list of everything: without one, nothing is known', () => {
    const clock = new VirtualClock();
    const fleet = new Fleet(() => clock.now());
    fleet.addBackend(KEY, 30);

    fleet.storePart(KEY, { uids: ['ada'], startedAt: clock.now(), instances: [] });

    expect(fleet.snapshot().of('ada', [KEY])).toMatchObject({ kind: 'unknown' });
  });
});

describe('the restless', () => {
  it('are those acted upon since the last list, and those between two states', () => {
    const { fleet } = listedFleet(
      instance('ada', { state: 'pending' }),
      instance('ben'),
      instance('cleo', { state: 'stopping' }),
      instance('dora', { state: 'terminated' }),
    );
    fleet.noteCall('eve', KEY);

    expect(fleet.restless(KEY)).toEqual(['eve', 'ada', 'cleo']);
  });
});

describe('what is listed', () => {
  it('is the last complete list, younger parts included', () => {
    const { fleet, at } = listedFleet(instance('ada'), instance('ben'));
    fleet.storePart(KEY, { uids: ['ada'], startedAt: at(10), instances: [] });

    expect(fleet.listed(KEY)).toEqual([instance('ben')]);
  });

  it('is refused once it is older than three intervals', () => {
    const { fleet, at } = listedFleet(instance('ada'));
    at(91);

    expect(() => fleet.listed(KEY)).toThrow('no recent list');
  });
});
