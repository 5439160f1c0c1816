import { describe, expect, it } from '@jest/globals';
import {
  bundleFiles,
  type BundleFiles,
  type FileSources,
} from '../../provisioning/bundle-files.ts';
import type { LayeredFiles } from '../../provisioning/merge-spec.ts';
import { mergedSpec } from './merged-spec.ts';

function bundle(
  spec: Parameters<typeof mergedSpec>[0] = {},
  sources: Partial<FileSources> = {},
): BundleFiles {
  return bundleFiles({
    merged: mergedSpec(spec),
    directories: {},
    name: 'ada',
    children: [],
    ...sources,
  });
}

function inline(
  files: Record<string, string>,
  layer: LayeredFiles['layer'] = 'workspace',
): LayeredFiles {
  return { inline: files, layer };
}

describe('the files of a bundle', () => {
  it('are config.yaml and the team where nothing is declared', () => {
    const { files, problems } = bundle();

    expect(Object.keys(files.config)).toEqual(['config.yaml']);
    expect(files.context).toEqual({ 'children.json': '[]\n' });
    expect(problems).toEqual([]);
  });

  it('hold a directory of the object that declared it', () => {
    const { files } = bundle(
      {
        files: [
          { directory: 'files', layer: 'template' },
          { directory: 'files', layer: 'workspace' },
        ],
      },
      {
        directories: {
          template: { files: { a: 'template', b: 'template' } },
          workspace: { files: { b: 'workspace' }, other: { c: 'no' } },
        },
      },
    );

    expect(files.config).toMatchObject({ a: 'template', b: 'workspace' });
    expect(files.config).not.toHaveProperty('c');
  });

  it.each<[string, readonly LayeredFiles[], string]>([
    ['a later entry over an earlier one', [inline({ a: '1' }), inline({ a: '2' })], '2'],
    ['a workspace over a template', [inline({ a: '1' }, 'template'), inline({ a: '2' })], '2'],
    ['an empty file over one with text', [inline({ a: '1' }), inline({ a: '' })], ''],
  ])('take %s', (_what, files, text) => {
    expect(bundle({ files }).files.config['a']).toBe(text);
  });

  it('hold what is generated in place of what is declared', () => {
    const { files } = bundle({
      files: [
        inline({
          'config.yaml': 'mine',
          'system-prompt.md': 'mine',
          'initial-prompt.md': 'mine',
          'children.json': 'mine',
        }),
      ],
      prompts: { system: 'generated' },
    });

    expect(files.config['config.yaml']).toMatch(/^channels:/);
    expect(files.config).toMatchObject({
      'system-prompt.md': 'generated',
      'initial-prompt.md': 'mine',
    });
    expect(files.config).not.toHaveProperty(['children.json']);
    expect(files.context).toEqual({ 'children.json': '[]\n' });
  });

  it('hold each prompt in a file, and none for an empty one', () => {
    const { files } = bundle({
      prompts: { system: 'be kind', initial: '', idle: { text: 'look around' } },
    });

    expect(files.config).toMatchObject({
      'system-prompt.md': 'be kind',
      'idle-prompt.md': 'look around',
    });
    expect(files.config).not.toHaveProperty(['initial-prompt.md']);
  });

  it('tell a parent of its team, by name, and leave its config as it is', () => {
    const children = [
      { uid: 'uid-2', name: 'cleo' },
      { uid: 'uid-1', name: 'bob' },
    ];

    const parent = bundle({}, { children });

    expect(JSON.parse(parent.files.context['children.json'] ?? '')).toEqual([
      { uid: 'uid-1', name: 'bob' },
      { uid: 'uid-2', name: 'cleo' },
    ]);
    expect(parent.files.config).toEqual(bundle().files.config);
  });

  it('are the same bytes in the same order however the source is ordered', () => {
    const one = bundle({ files: [inline({ b: '1', a: '2', 'sub/c': '3' })] });
    const other = bundle({
      files: [inline({ 'sub/c': '3' }), inline({ a: '2' }), inline({ b: '1' })],
    });

    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
  });

  it('may have a name that means something to JavaScript', () => {
    const { files, problems } = bundle({
      files: [inline(Object.fromEntries([['__proto__', 'plain']]))],
    });

    expect(Object.entries(files.config)).toContainEqual(['__proto__', 'plain']);
    expect(problems).toEqual([]);
  });
});

describe('files that cannot be delivered', () => {
  it.each([
    '../a',
    'a/../../b',
    '/etc/passwd',
    'a//b',
    'a/',
    './a',
    '.',
    '..',
    '',
    'a\\b',
    'a\0b',
    'a\nb',
  ])('are refused for their place: %j', (path) => {
    expect(bundle({ files: [inline({ [path]: 'x' })] }).problems).toEqual([
      `file of the workspace: ${JSON.stringify(path)} must be a relative path without "." and ".."`,
    ]);
  });

  it.each(['.auth_token', '.inbound_secret', '.AUTH_TOKEN', '.auth_token/a'])(
    'are refused for a name that is taken: %s',
    (path) => {
      expect(bundle({ files: [inline({ [path]: 'x' }, 'template')] }).problems).toEqual([
        `file of the template: ${JSON.stringify(path)} is the place of a file that Treeline puts there itself`,
      ]);
    },
  );

  it.each(['sub/.auth_token', '.auth_token.md', '...', '.env', 'a..b/c', 'ü'])(
    'are not those called %s',
    (path) => {
      expect(bundle({ files: [inline({ [path]: 'x' })] }).problems).toEqual([]);
    },
  );

  it.each([
    [{ a: '1', 'a/b/c': '2' }, 'file of the workspace: "a/b/c" needs a folder where "a" is a file'],
    [
      { 'config.yaml/a': '1' },
      'file of the workspace: "config.yaml/a" needs a folder where "config.yaml" is a file',
    ],
    [
      { 'children.json/a': '1' },
      'file of the workspace: "children.json/a" needs a folder where "children.json" is a file',
    ],
    [
      { [`a/${'ü'.repeat(128)}`]: '1' },
      `file of the workspace: "a/${'ü'.repeat(128)}" has a name of more than 255 bytes`,
    ],
    [
      { big: 'ü'.repeat(524_289) },
      'file of the workspace: "big" has 1048578 bytes, at most 1048576',
    ],
  ])('are named: case %#', (files, problem) => {
    expect(bundle({ files: [inline(files)] }).problems).toEqual([problem]);
  });

  it('may have a mebibyte each, and ten together', () => {
    const mebibyte = 'x'.repeat(1024 * 1024);
    const nine = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [`${index}`, mebibyte]),
    );

    const fits = bundle({ files: [inline(nine)] });
    const tooMuch = bundle({ files: [inline({ ...nine, more: mebibyte })] });

    expect(fits.problems).toEqual([]);
    expect(tooMuch.problems).toEqual([
      expect.stringMatching(/^104\d+ bytes of files, at most 10485760 are delivered$/),
    ]);
  });

  it('are more than 200', () => {
    const fits = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`f${index}`, '']));
    const many = { ...fits, f200: '' };

    expect(bundle({ files: [inline(fits)] }).problems).toEqual([]);
    expect(bundle({ files: [inline(many)] }).problems).toEqual([
      '201 files, at most 200 are delivered',
    ]);
  });

  it('are named all at once, also sources that nobody read', () => {
    const { problems } = bundle({
      files: [
        { directory: 'prompts', layer: 'template' },
        { directory: 'constructor', layer: 'workspace' },
        { configMapRef: { name: 'settings' }, layer: 'orgDefaults' },
        inline({ '../a': 'x', '.auth_token': 'x' }),
      ],
    });

    expect(problems).toEqual([
      'files of the template: the directory prompts was not read',
      'files of the workspace: the directory constructor was not read',
      'files of the defaults of the org: the ConfigMap settings was not read',
      'file of the workspace: "../a" must be a relative path without "." and ".."',
      'file of the workspace: ".auth_token" is the place of a file that Treeline puts there itself',
    ]);
  });
});
