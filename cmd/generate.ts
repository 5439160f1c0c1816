import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { toCustomResourceDefinitions, type CustomResourceDefinition } from '../api/crds.ts';
import { namesIn } from './data-folder.ts';

const HEADER = '# Generated from api/ by `npm run generate`; do not edit.\n';

/** What generated files a folder should hold: name to text. */
export type GeneratedFiles = ReadonlyMap<string, string>;

/** The files of `crds/`, one per kind. */
export function renderCrds(): GeneratedFiles {
  return new Map(
    toCustomResourceDefinitions().map((crd) => [`${crd.metadata.name}.yaml`, render(crd)]),
  );
}

/** Names of the `*.yaml` files of `folder` that are missing, differ, or should not be there; sorted. */
export async function findStaleFiles(folder: string, files: GeneratedFiles): Promise<string[]> {
  const present = await listYaml(folder);
  const names = new Set([...present, ...files.keys()]);
  const checked = await Promise.all(
    [...names].map(async (name) => {
      const text = present.includes(name) ? await readFile(join(folder, name), 'utf8') : undefined;
      return text === files.get(name) ? [] : [name];
    }),
  );
  return checked.flat().sort();
}

/** Makes `folder` hold exactly `files`; other files than `*.yaml` stay. Answers the names of those it changed. */
export async function writeGenerated(folder: string, files: GeneratedFiles): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const stale = await findStaleFiles(folder, files);
  for (const name of stale) {
    const text = files.get(name);
    await (text === undefined ? rm(join(folder, name)) : writeFile(join(folder, name), text));
  }
  return stale;
}

function render(crd: CustomResourceDefinition): string {
  // Version 1.1 quotes what kubectl would misread: "no", "on", "y". No anchors: people read these files.
  return HEADER + stringify(crd, { version: '1.1', lineWidth: 100, aliasDuplicateObjects: false });
}

async function listYaml(folder: string): Promise<string[]> {
  return (await namesIn(folder)).filter((name) => name.endsWith('.yaml'));
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const folder = join(import.meta.dirname, '..', 'crds');
  const files = renderCrds();
  if (!values.check) {
    const changed = await writeGenerated(folder, files);
    process.stdout.write(`crds/: ${files.size} files, ${changed.length} changed\n`);
    return 0;
  }
  const stale = await findStaleFiles(folder, files);
  const list = stale.map((name) => `  crds/${name}\n`).join('');
  process.stdout.write(stale.length === 0 ? '' : `run npm run generate; these differ:\n${list}`);
  return stale.length === 0 ? 0 : 1;
}

if (import.meta.main) {
  process.exitCode = await main();
}
