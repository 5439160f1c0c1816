import { describe, expect, it } from '@jest/globals';
import type { Instance } from '../../backends/backend.ts';
import { changedWorkspaces, toBackendList } from '../../controllers/backend-list.ts';
import { instance } from './instances.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const EXIT = { at: NOW, log: '' };

function listOf(...instances: readonly Instance[]) {
  return toBackendList({ backend: 'process', startedAt: NOW, endedAt: NOW, instances });
}

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
