import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { toCustomResourceDefinitions } from '../../api/crds.ts';
import { parseYamlTree } from '../../api/manifests/yaml-tree.ts';
import { toJson } from '../../api/manifests/to-json.ts';
import { findStaleFiles, renderCrds, writeGenerated } from '../../cmd/generate.ts';

const files = renderCrds();

/** A document as kubectl would read it. */
function readAsKubectl(text: string): unknown {
  const tree = parseYamlTree(text) as { contents: Parameters<typeof toJson>[0] };
  return toJson(tree.contents, () => 0).value;
}

describe('generated CRDs', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'treeline-generate-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('are the ones in crds/', async () => {
    expect(await findStaleFiles(join(import.meta.dirname, '../../crds'), files)).toEqual([]);
  });

  it.each([...files])('%s says the same to kubectl and to readers of YAML 1.2', (name, text) => {
    const crd = toCustomResourceDefinitions().find(
      ({ metadata }) => `${metadata.name}.yaml` === name,
    );

    expect(readAsKubectl(text)).toEqual(crd);
    expect(parse(text)).toEqual(crd);
  });

  it('are written once, then left alone', async () => {
    const inside = join(folder, 'crds');

    expect(await writeGenerated(inside, files)).toEqual([...files.keys()].sort());
    expect(await writeGenerated(inside, files)).toEqual([]);
    expect((await readdir(inside)).sort()).toEqual([...files.keys()].sort());
  });

  it('replace what was edited and remove what is of no kind any more', async () => {
    await writeGenerated(folder, files);
    await writeFile(join(folder, 'orgs.treeline.dev.yaml'), 'edited');
    await writeFile(join(folder, 'teams.treeline.dev.yaml'), 'of a kind that was dropped');
    await rm(join(folder, 'workspaces.treeline.dev.yaml'));
    await writeFile(join(folder, 'README.md'), 'stays');

    const stale = [
      'orgs.treeline.dev.yaml',
      'teams.treeline.dev.yaml',
      'workspaces.treeline.dev.yaml',
    ];
    expect(await findStaleFiles(folder, files)).toEqual(stale);
    expect(await writeGenerated(folder, files)).toEqual(stale);
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['README.md', ...files.keys()]));
    expect(await readFile(join(folder, 'orgs.treeline.dev.yaml'), 'utf8')).toBe(
      files.get('orgs.treeline.dev.yaml'),
    );
  });
});
