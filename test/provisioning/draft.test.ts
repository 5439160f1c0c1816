import { describe, expect, it } from '@jest/globals';
import type { LaunchSource } from '../../provisioning/draft.ts';
import { envOf } from '../../provisioning/draft.ts';
import { secretSnapshot } from '../support/provisioning.ts';
import { classVersion, draft, record } from './builders.ts';

type Change = Partial<LaunchSource['record']>;

function hashOf(change: Change = {}, rest: Partial<LaunchSource> = {}): string {
  return draft({ ...rest, record: record(change) }).configHash;
}

describe('the environment of an agent', () => {
  it('holds what is declared, and lets nobody replace who it is', () => {
    const env = [
      { name: 'TONE', value: 'warm' },
      { name: 'WORKSPACE_ID', value: 'somebody else' },
      { name: 'PARENT_ID', value: 'somebody else' },
    ];

    expect(envOf(draft({ record: record({ spec: { env }, parentId: 'uid-bob' }) }))).toMatchObject({
      TONE: 'warm',
      WORKSPACE_ID: 'uid-ada',
      PARENT_ID: 'uid-bob',
    });
  });

  it('names an author for commits only where nobody else does', () => {
    const process = {
      runtimes: { langgraph: { command: ['a'], env: { GIT_AUTHOR_NAME: 'Bob' } } },
    };
    const spec = { displayName: 'Ada' };

    const env = envOf(
      draft({ record: record({ spec }), workspaceClass: classVersion({ process }) }),
    );

    expect(env).toMatchObject({ GIT_AUTHOR_NAME: 'Bob', GIT_COMMITTER_NAME: 'Treeline Ada' });
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

    expect(draft({ record: record({ spec, directories }) }).files).toMatchObject({
      'a.md': 'inline',
      'b.md': 'folder',
      'c.md': 'last',
    });
  });
});

describe('the configuration of an agent', () => {
  const SAMPLE = { runtime: 'sample' };
  const HASH = hashOf();

  it.each<readonly [string, Change]>([
    ['its env', { spec: { env: [{ name: 'A', value: '1' }] } }],
    ['its files', { spec: { files: [{ inline: { a: '' } }] } }],
    ['its role', { spec: { role: 'Design' } }],
    ['a request to restart', { requests: { restartRequestedAt: 'now' } }],
    ['a request to empty its state', { requests: { resetSessionAt: 'now' } }],
    ['the annotation that restarts', { annotations: { 'treeline.dev/restart-requested-at': 'x' } }],
  ])('is another one after a change of %s', (_title, change) => {
    expect(hashOf(change)).not.toBe(HASH);
  });

  it.each<readonly [string, Change]>([
    [
      'folding and place in the picture',
      { spec: { ...SAMPLE, collapsed: true, layout: { x: 1, y: 2 } } },
    ],
    ['its parent', { spec: { ...SAMPLE, parentRef: { name: 'bob' } } }],
    ['pausing', { spec: { ...SAMPLE, desiredState: 'Paused' } }],
    ['another annotation', { annotations: { team: 'a' } }],
    ['what happens to its state', { spec: { ...SAMPLE, deletionPolicy: 'Retain' } }],
  ])('is the same after a change of %s', (_title, change) => {
    expect(hashOf(change)).toBe(HASH);
  });

  it('is the same wherever the workspace hangs: a move restarts nothing', () => {
    expect(hashOf({ parentId: 'uid-bob' })).toBe(hashOf({ parentId: 'uid-carl' }));
  });

  it('is another one with another value of a secret it uses, and the same with one of another', () => {
    const spec = { runtime: 'sample', envFrom: [{ secretRef: { name: 'mine' } }] };
    const withSecrets = (secrets: Record<string, Record<string, string>>) =>
      hashOf({ spec }, { secrets: secretSnapshot(secrets) });
    const before = withSecrets({ mine: { A: '1' }, other: { A: '1' } });

    expect(withSecrets({ mine: { A: '2' }, other: { A: '1' } })).not.toBe(before);
    expect(withSecrets({ mine: { A: '1' }, other: { A: '2' } })).toBe(before);
  });

  it('follows the address of the controller only where agents call it', () => {
    const moved = { platformUrl: 'http://elsewhere' };
    const silent = { workspaceClass: classVersion({ readiness: 'Running' }) };

    expect(hashOf({}, moved)).not.toBe(hashOf());
    expect(hashOf({}, { ...silent, ...moved })).toBe(hashOf({}, silent));
  });
});
