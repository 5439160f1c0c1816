import { symlink } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { FolderHarness } from './folder-harness.ts';
import { workspaceYaml } from './temporary-folder.ts';

/** A workspace whose files are the folder `prompts` beside the manifest. */
function withFolder(directory = 'prompts'): string {
  return `${workspaceYaml('a')}  files:\n    - directory: ${directory}\n`;
}

function contentOf(harness: FolderHarness): unknown {
  return harness.store.objects.get('Workspace default/a')?.directories;
}

describe('content folders', () => {
  it('are read as text, with all that lies below, and their YAML is no manifest', async () => {
    await using harness = await FolderHarness.start({
      'team/team.yaml': withFolder('../prompts'),
      'prompts/system.md': 'be kind\n',
      'prompts/deep/config.yaml': 'kind: [',
      'prompts/example.yaml': workspaceYaml('not-declared'),
      'prompts/.agent/settings.json': '{}',
      'prompts/.system.md.swp': '\0',
    });

    expect(harness.store.names).toEqual(['a']);
    expect(harness.store.state.problems).toEqual([]);
    expect(contentOf(harness)).toEqual({
      '../prompts': {
        'system.md': 'be kind\n',
        'deep/config.yaml': 'kind: [',
        'example.yaml': workspaceYaml('not-declared'),
        '.agent/settings.json': '{}',
      },
    });
  });

  it('are applied when a file of them changes, comes or goes', async () => {
    await using harness = await FolderHarness.start({
      'a.yaml': withFolder(),
      'prompts/system.md': 'one',
    });

    await harness.folder.write('prompts/system.md', 'two!');
    await harness.pass(30);
    expect(contentOf(harness)).toEqual({ prompts: { 'system.md': 'two!' } });

    await harness.folder.write('prompts/more.md', 'more');
    await harness.folder.remove('prompts/system.md');
    await harness.pass(30);
    expect(contentOf(harness)).toEqual({ prompts: { 'more.md': 'more' } });
    await harness.pass(120);
    expect(harness.store.applied).toHaveLength(3);
  });

  it.each<{ what: string; path: string; content: string | Uint8Array; problem: string }>([
    {
      what: 'a binary file',
      path: 'prompts/x.bin',
      content: 'a\0b',
      problem: 'prompts/x.bin: binary file, only text is delivered',
    },
    {
      what: 'a file that is not UTF-8',
      path: 'prompts/x.txt',
      content: Uint8Array.of(0xff, 0xfe),
      problem: 'prompts/x.txt: not UTF-8, only text is delivered',
    },
    {
      what: 'a file that is too big',
      path: 'prompts/x.txt',
      content: 'x'.repeat(1024 * 1024 + 1),
      problem: 'prompts/x.txt: too big: 1048577 bytes, at most 1048576 are read',
    },
  ])('with $what are a problem, and the last good version goes on', async (given) => {
    await using harness = await FolderHarness.start({
      'a.yaml': withFolder(),
      'prompts/system.md': 'one',
    });

    await harness.folder.write(given.path, given.content);
    await harness.folder.write('prompts/system.md', 'two!');
    await harness.pass(60);

    expect(contentOf(harness)).toEqual({ prompts: { 'system.md': 'one' } });
    expect(harness.store.state.problems).toEqual([
      `a.yaml:8:18: spec.files[0].directory: ${given.problem}`,
    ]);
  });

  it.each([
    { files: 201, bytes: 1, problem: '201 files in its folders, at most 200 are delivered' },
    {
      files: 5,
      bytes: 1024 * 1024,
      problem: '5242880 bytes in its folders, at most 4194304 are delivered',
    },
  ])('with $files files of $bytes bytes are more than is delivered', async (given) => {
    const files = Array.from({ length: given.files }, (_, index) => [
      `prompts/${index}.md`,
      'x'.repeat(given.bytes),
    ]);

    await using harness = await FolderHarness.start({
      'a.yaml': withFolder(),
      ...(Object.fromEntries(files) as Record<string, string>),
    });

    expect(harness.store.names).toEqual([]);
    expect(harness.store.state.problems[0]).toMatch(given.problem);
  });

  it('that are missing are a problem until they are there', async () => {
    await using harness = await FolderHarness.start({ 'a.yaml': withFolder() });
    expect(harness.store.names).toEqual([]);
    expect(harness.store.state.problems).toEqual([
      'a.yaml:8:18: spec.files[0].directory: prompts: not found',
    ]);

    await harness.folder.write('prompts/system.md', 'one');
    await harness.pass(30);

    expect(harness.store).toMatchObject({ names: ['a'], state: { problems: [] } });
  });

  it('may not leave the folder through a link', async () => {
    await using harness = await FolderHarness.start({ 'a.yaml': withFolder() });
    await symlink('/etc', harness.folder.at('prompts'));

    await harness.pass(30);

    expect(harness.store.names).toEqual([]);
    expect(harness.store.state.problems).toContain(
      'a.yaml:8:18: spec.files[0].directory: prompts: link leaves the folder, refused',
    );
  });

  it('keep their YAML from being declared while their manifest is broken, also after a restart', async () => {
    await using harness = await FolderHarness.start({
      'a.yaml': withFolder(),
      'prompts/example.yaml': workspaceYaml('not-declared'),
    });
    await harness.folder.write('a.yaml', `${withFolder()}  broken: [\n`);

    await harness.restart();
    await harness.pass(60);

    expect(harness.store.names).toEqual(['a']);
  });
});
