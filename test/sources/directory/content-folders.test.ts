import { describe, expect, it } from '@jest/globals';
import type { Declaration } from '../../../api/objects.ts';
import { formatPath } from '../../../api/validation/path.ts';
import {
  guessFolders,
  locateFolder,
  namedFolders,
} from '../../../sources/directory/content-folders.ts';
import { workspace } from './builders.ts';

const base = { namespace: 'default', name: 'x', labels: {}, annotations: {} };

describe('the content folders that an object names', () => {
  it('are those of its files, each once', () => {
    const files = [{ directory: 'a' }, { inline: {} }, { directory: 'b' }, { directory: 'a' }];

    expect(namedFolders(workspace('ada', { spec: { files } }))).toEqual([
      { directory: 'a', field: ['spec', 'files', 0, 'directory'] },
      { directory: 'b', field: ['spec', 'files', 2, 'directory'] },
    ]);
  });

  it.each<{ what: string; declaration: Declaration; fields: string[] }>([
    {
      what: 'a template',
      declaration: { ...base, kind: 'WorkspaceTemplate', spec: { files: [{ directory: 'a' }] } },
      fields: ['spec.files[0].directory'],
    },
    {
      what: 'an org and its nodes',
      declaration: {
        ...base,
        kind: 'Org',
        spec: {
          defaults: { files: [{ directory: 'a' }] },
          workspaces: [{ key: 'k', name: 'n', files: [{ directory: 'b' }] }],
        },
      },
      fields: ['spec.defaults.files[0].directory', 'spec.workspaces[0].files[0].directory'],
    },
  ])('are found in $what', ({ declaration, fields }) => {
    expect(namedFolders(declaration).map(({ field }) => formatPath(field))).toEqual(fields);
  });
});

describe('where a content folder lies', () => {
  it.each([
    { manifest: 'team.yaml', directory: 'prompts', located: { path: 'prompts' } },
    { manifest: 'team.yaml', directory: './prompts/', located: { path: 'prompts' } },
    { manifest: 'a/team.yaml', directory: '../prompts', located: { path: 'prompts' } },
    { manifest: 'a/team.yaml', directory: 'b/../c', located: { path: 'a/c' } },
    {
      manifest: 'a/team.yaml',
      directory: '../../x',
      located: { problem: 'leaves the folder of the source, refused' },
    },
    {
      manifest: 'team.yaml',
      directory: '/etc',
      located: { problem: 'must be relative to the manifest' },
    },
    {
      manifest: 'a/team.yaml',
      directory: '.',
      located: { problem: 'holds this manifest; give a folder beside it' },
    },
    {
      manifest: 'a/team.yaml',
      directory: '..',
      located: { problem: 'holds this manifest; give a folder beside it' },
    },
  ])('of $manifest naming $directory', ({ manifest, directory, located }) => {
    expect(locateFolder(manifest, directory)).toEqual(located);
  });
});

describe('guessing the folders of a text that does not parse', () => {
  it('finds what YAML and JSON name, and leaves out what could not be read anyway', () => {
    const text =
      'files: [\n - directory: prompts # x\n - {"directory": "b/c"}\n directory: ../../x';

    expect(guessFolders('a/team.yaml', text)).toEqual(['a/prompts', 'a/b/c']);
  });
});
