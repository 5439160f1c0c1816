import { rename, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { FolderHarness } from './folder-harness.ts';
import { workspaceYaml } from './temporary-folder.ts';

const BROKEN = 'kind: [';

describe('declaring what the folder holds', () => {
  it('applies every manifest at the start and nothing again while nothing changes', async () => {
    await using harness = await FolderHarness.start({
      'team.yaml': workspaceYaml('a', 'b'),
      'sub/c.yml': workspaceYaml('c'),
      'd.json': JSON.stringify({
        apiVersion: 'treeline.dev/v1alpha1',
        kind: 'Workspace',
        metadata: { name: 'd' },
        spec: {},
      }),
    });

    await harness.pass(120);

    expect(harness.store.applied).toEqual([{ declared: ['a', 'b', 'c', 'd'], removed: [] }]);
    expect(harness.store.state).toEqual({
      state: 'Active',
      problems: [],
      heldDigest: null,
      heldDeletions: [],
    });
  });

  it('applies only what changed', async () => {
    await using harness = await FolderHarness.start({
      'a.yaml': workspaceYaml('a'),
      'b.yaml': workspaceYaml('b'),
    });

    await harness.folder.write('b.yaml', workspaceYaml('b', 'c'));
    await harness.pass(30);

    expect(harness.store.applied.slice(1)).toEqual([{ declared: ['b', 'c'], removed: [] }]);
  });

  it('applies nothing when a file is touched, copied over itself or replaced by the same text', async () => {
    await using harness = await FolderHarness.start({ 'a.yaml': workspaceYaml('a') });

    await harness.folder.write('a.tmp', workspaceYaml('a'));
    await rename(harness.folder.at('a.tmp'), harness.folder.at('a.yaml'));
    await harness.pass(30);

    expect(harness.store.applied).toHaveLength(1);
  });

  it('ends in the declared state after adding, removing and adding again', async () => {
    await using harness = await FolderHarness.start({ 'a.yaml': workspaceYaml('a') });
    await harness.folder.write('b.yaml', workspaceYaml('b'));
    await harness.pass(30);
    await harness.folder.remove('b.yaml');
    await harness.pass(40);
    expect(harness.store.names).toEqual(['a']);

    await harness.folder.write('b.yaml', workspaceYaml('b'));
    await harness.pass(30);

    expect(harness.store.names).toEqual(['a', 'b']);
  });

  it('declares again what the store has lost', async () => {
    await using harness = await FolderHarness.start({ 'a.yaml': workspaceYaml('a', 'b') });

    harness.store.objects.clear();
    await harness.pass(30);

    expect(harness.store.names).toEqual(['a', 'b']);
  });
});

describe('a file that cannot be used', () => {
  it.each<{ what: string; content: string | Uint8Array; problem: RegExp }>([
    { what: 'does not parse', content: BROKEN, problem: /^a\.yaml:\d+:\d+: / },
    {
      what: 'is too big',
      content: Buffer.alloc(6 * 1024 * 1024, '#'),
      problem: /^a\.yaml: too big: 6291456 bytes, at most 5000000 are read$/,
    },
    {
      what: 'declares an object twice',
      content: workspaceYaml('a', 'a'),
      problem:
        /^a\.yaml:11:9: metadata\.name: NameConflict: Workspace default\/a is already declared at a\.yaml:1$/,
    },
  ])('keeps its last good declarations when it $what, and others go on', async (given) => {
    await using harness = await FolderHarness.start({ 'a.yaml': workspaceYaml('a', 'a-too') });

    await harness.folder.write('a.yaml', given.content);
    await harness.folder.write('b.yaml', workspaceYaml('b'));
    await harness.pass(90);

    expect(harness.store.names).toEqual(['a', 'a-too', 'b']);
    expect(harness.store.removed).toEqual([]);
    expect(harness.store.state.problems).toEqual([expect.stringMatching(given.problem)]);
  });

  it('says once that it is broken and once that it is repaired', async () => {
    await using harness = await FolderHarness.start({ 'a.yaml': workspaceYaml('a') });
    await harness.folder.write('a.yaml', BROKEN);
    await harness.pass(120);
    await harness.folder.write('a.yaml', workspaceYaml('a'));
    await harness.pass(120);

    expect(harness.log.map(({ message }) => message)).toEqual([
      'source has a problem',
      'source problem is gone',
    ]);
    expect(harness.store.state.problems).toEqual([]);
  });

  it('is refused when it is a link that leaves the folder, and keeps what it declared before', async () => {
    await using harness = await FolderHarness.start({ 'a.yaml': workspaceYaml('a') });
    await writeFile(harness.folder.beside('b.yaml'), workspaceYaml('b'));
    await harness.folder.remove('a.yaml');
    await symlink('../b.yaml', harness.folder.at('a.yaml'));

    await harness.pass(90);

    expect(harness.store).toMatchObject({ names: ['a'], removed: [] });
    expect(harness.store.state.problems).toEqual(['a.yaml: link leaves the folder, refused']);
  });
});

describe('two files that declare one object', () => {
  it('leave it with the file that had it, without flapping, until that one is gone', async () => {
    await using harness = await FolderHarness.start({ 'm.yaml': workspaceYaml('a') });
    await harness.folder.write('a.yaml', workspaceYaml('a'));
    await harness.folder.write('z.yaml', workspaceYaml('a'));

    await harness.pass(120);
    expect(harness.store.applied).toHaveLength(1);
    expect(harness.store.state.problems).toEqual([
      expect.stringMatching(/^a\.yaml:1: NameConflict: .* declared at m\.yaml:1 first/),
      expect.stringMatching(/^z\.yaml:1: NameConflict: .* declared at m\.yaml:1 first/),
    ]);

    await harness.folder.remove('m.yaml');
    await harness.folder.remove('z.yaml');
    await harness.pass(60);
    expect(harness.store).toMatchObject({ names: ['a'], removed: [] });
    expect(harness.store.state.problems).toEqual([]);
    expect(harness.store.objects.get('Workspace default/a')?.origin).toBe('a.yaml:1');
  });

  it('leave it with the file that had it before a restart', async () => {
    await using harness = await FolderHarness.start({ 'm.yaml': workspaceYaml('a') });
    await harness.end();
    await harness.folder.write('a.yaml', workspaceYaml('a'));

    await harness.begin();
    await harness.pass(60);

    expect(harness.store.objects.get('Workspace default/a')?.origin).toBe('m.yaml:1');
    expect(harness.store.state.problems).toHaveLength(1);
  });

  it('are both refused when they came together, and nothing that ran is removed', async () => {
    await using harness = await FolderHarness.start({ 'm.yaml': workspaceYaml('a', 'b') });
    await harness.folder.write('m.yaml', workspaceYaml('b'));
    await harness.folder.write('x.yaml', workspaceYaml('a'));
    await harness.folder.write('y.yaml', workspaceYaml('a'));

    await harness.pass(120);

    expect(harness.store).toMatchObject({ names: ['a', 'b'], removed: [] });
    expect(harness.store.state.problems).toHaveLength(2);
  });
});

describe('what the store answers', () => {
  it('is shown when it refuses, and asked again until it does not', async () => {
    await using harness = await FolderHarness.start();
    harness.store.foreign.add('Workspace default/a');
    await harness.folder.write('a.yaml', workspaceYaml('a', 'b'));
    await harness.pass(60);
    expect(harness.store.names).toEqual(['b']);
    expect(harness.store.state.problems).toEqual([
      'a.yaml:1: NameConflict: Workspace default/a: belongs to apply set cli',
    ]);

    harness.store.foreign.clear();
    await harness.pass(30);

    expect(harness.store).toMatchObject({ names: ['a', 'b'], state: { problems: [] } });
  });

  it('is waited for with backoff while the store is away, and nothing is forgotten', async () => {
    await using harness = await FolderHarness.start({ 'a.yaml': workspaceYaml('a') });
    harness.store.outage = new Error('no connection');
    await harness.folder.write('b.yaml', workspaceYaml('b'));
    await harness.pass(120);
    const waits = harness.log.filter(({ message }) => message === 'applying the folder failed');
    expect(waits.map(({ fields }) => fields)).toEqual(
      [1, 2, 4, 8, 16, 30, 30].map((retryAfterSeconds) => ({
        reason: 'no connection',
        retryAfterSeconds,
      })),
    );

    harness.store.outage = undefined;
    await harness.pass(30);

    expect(harness.store.names).toEqual(['a', 'b']);
  });
});
