import { describe, expect, it } from '@jest/globals';
import { configHashOf, renderBundle, type BundleSource } from '../../provisioning/bundle.ts';
import { source } from './builders.ts';

describe('the environment of an agent', () => {
  it('says who it is, what it is for and whose child', () => {
    const spec = { displayName: 'Ada', role: 'Design', tier: 3 };

    expect(renderBundle(source({ spec }), 'uid-bob').env).toEqual({
      WORKSPACE_ID: 'uid-ada',
      WORKSPACE_NAME: 'Ada',
      WORKSPACE_ROLE: 'Design',
      TIER: '3',
      PARENT_ID: 'uid-bob',
    });
  });

  it('names a root after its object, with the built-in tier and no parent', () => {
    expect(renderBundle(source(), undefined).env).toEqual({
      WORKSPACE_ID: 'uid-ada',
      WORKSPACE_NAME: 'ada',
      TIER: '2',
    });
  });

  it('holds what is declared, and lets nobody replace who it is', () => {
    const env = [
      { name: 'TONE', value: 'warm' },
      { name: 'WORKSPACE_ID', value: 'somebody else' },
      { name: 'PARENT_ID', value: 'somebody else' },
    ];

    expect(renderBundle(source({ spec: { env } }), 'uid-bob').env).toMatchObject({
      TONE: 'warm',
      WORKSPACE_ID: 'uid-ada',
      PARENT_ID: 'uid-bob',
    });
  });
});

describe('the files of an agent', () => {
  it('come inline and from folders; a later entry replaces what an earlier one has', () => {
    const spec = {
      files: [
        { inline: { 'a.md': 'inline', 'b.md': 'inline' } },
        { directory: 'prompts' },
        { inline: { 'c.md': 'last' } },
      ],
    };
    const directories = { prompts: { 'b.md': 'folder', 'c.md': 'folder' } };

    expect(renderBundle(source({ spec, directories }), undefined).files).toEqual({
      'a.md': 'inline',
      'b.md': 'folder',
      'c.md': 'last',
    });
  });
});

describe('the configuration of an agent', () => {
  const HASH = configHashOf(source());

  it.each<readonly [string, Partial<BundleSource>]>([
    ['its env', { spec: { env: [{ name: 'A', value: '1' }] } }],
    ['its files', { spec: { files: [{ inline: { a: '' } }] } }],
    ['its role', { spec: { role: 'Design' } }],
    ['a request to restart', { requests: { restartRequestedAt: 'now' } }],
    ['the annotation that restarts', { annotations: { 'treeline.dev/restart-requested-at': 'x' } }],
  ])('is another one after a change of %s', (_title, change) => {
    expect(configHashOf(source(change))).not.toBe(HASH);
  });

  it.each<readonly [string, Partial<BundleSource>]>([
    ['folding and place in the picture', { spec: { collapsed: true, layout: { x: 1, y: 2 } } }],
    ['its parent', { spec: { parentRef: { name: 'bob' } } }],
    ['pausing', { spec: { desiredState: 'Paused' } }],
    ['another annotation', { annotations: { team: 'a' } }],
    ['what happens to its state', { spec: { deletionPolicy: 'Retain' } }],
  ])('is the same after a change of %s', (_title, change) => {
    expect(configHashOf(source(change))).toBe(HASH);
  });

  it('is the same wherever the workspace hangs: a move restarts nothing', () => {
    const here = renderBundle(source(), 'uid-bob');
    const there = renderBundle(source(), 'uid-carl');

    expect(here.configHash).toBe(there.configHash);
  });
});
