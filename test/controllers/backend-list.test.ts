import { describe, expect, it } from '@jest/globals';
import type { Instance } from '../../backends/backend.ts';
import { changedWorkspaces, toBackendList, withPart } from '../../controllers/backend-list.ts';
import { instance } from './instances.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const LATER = new Date('2026-01-01T00:00:02Z');
const TIMES = { backend: 'process', startedAt: LATER, endedAt: LATER };
const EXIT = { at: NOW, log: '' };

function listOf(...instances: readonly Instance[]) {
  return toBackendList({ backend: 'process', startedAt: NOW, endedAt: NOW, instances });
}

describe('a list that says what the one before says', () => {
  const before = listOf(instance('ada'), instance('bob'));
  const again = (...instances: readonly Instance[]) =>
    toBackendList({ ...TIMES, instances }, before);

  it('is a younger one that shares all of it', () => {
    const list = again(instance('ada'), instance('bob'));

    expect(list.startedAt).toBe(LATER);
    expect(list.byWorkspace).toBe(before.byWorkspace);
  });

  it.each<readonly [string, readonly Instance[]]>([
    ['something of one of them is different', [instance('ada'), instance('bob', { zone: 'z' })]],
    ['one is missing', [instance('ada')]],
    ['one is listed twice and another not', [instance('ada'), instance('ada')]],
  ])('is another one when %s', (_title, instances) => {
    expect([...again(...instances).byWorkspace.values()].flat()).toEqual(
      instances.map((one) => ({ backend: 'process', instance: one })),
    );
  });

  it('is another one when parts of the one before came later', () => {
    const bob = instance('bob', { state: 'stopped' });
    const parted = withPart(before, {
      ...{ backend: 'process', uids: ['bob'], startedAt: NOW, instances: [bob] },
    });
    const instances = [instance('ada'), instance('bob')];
    const list = toBackendList({ ...TIMES, instances }, parted);

    expect(list.byWorkspace.get('bob')).toEqual([{ backend: 'process', instance: instances[1] }]);
    expect(list.parts.size).toBe(0);
  });
});

describe('the workspaces about which two lists differ', () => {
  it.each<readonly [string, readonly Instance[], readonly Instance[], readonly string[]]>([
    ['are none when nothing changed', [instance('ada')], [instance('ada')], []],
    [
      'are none when the order changed',
      [instance('ada'), instance('ada', { id: 'i-2' })],
      [instance('ada', { id: 'i-2' }), instance('ada')],
      [],
    ],
    ['are those that appeared', [], [instance('ada')], ['ada']],
    ['are those that vanished', [instance('ada')], [], ['ada']],
    [
      'are those with another state',
      [instance('ada')],
      [instance('ada', { state: 'stopped' })],
      ['ada'],
    ],
    [
      'are those with another address',
      [instance('ada')],
      [instance('ada', { url: 'http://127.0.0.1:1' })],
      ['ada'],
    ],
    [
      'are those with another configuration',
      [instance('ada')],
      [instance('ada', { configHash: 'b' })],
      ['ada'],
    ],
    ['are those that ended', [instance('ada')], [instance('ada', { exit: EXIT })], ['ada']],
    [
      'are those with one instance more',
      [instance('ada')],
      [instance('ada'), instance('ada', { id: 'i-2' })],
      ['ada'],
    ],
  ])('%s', (_title, before, after, uids) => {
    expect(changedWorkspaces(listOf(...before), listOf(...after))).toEqual(uids);
  });
});
