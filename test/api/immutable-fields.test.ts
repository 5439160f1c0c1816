import { describe, expect, it } from '@jest/globals';
import { findImmutableChanges } from '../../api/immutable-fields.ts';

describe('fields that cannot change', () => {
  it('refuses another backend for a class', () => {
    expect(
      findImmutableChanges('WorkspaceClass', { backend: 'process' }, { backend: 'docker' }),
    ).toEqual([{ path: 'spec.backend', message: 'cannot be changed' }]);
  });

  it.each([
    [{ backend: 'process' }, { backend: 'process', default: true }],
    [undefined, { backend: 'process' }],
    [{ backend: 'process' }, undefined],
  ])('lets a class go from %j to %j', (before, after) => {
    expect(findImmutableChanges('WorkspaceClass', before, after)).toEqual([]);
  });

  it('lets everything of a workspace change', () => {
    expect(findImmutableChanges('Workspace', { tier: 1, role: 'a' }, { tier: 2 })).toEqual([]);
  });
});
