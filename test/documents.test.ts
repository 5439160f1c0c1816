import { existsSync, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const CHECKOUT = join(import.meta.dirname, '..');
const PAGES = globSync(['*.md', 'docs/**/*.md'], { cwd: CHECKOUT }).sort();

/** What stands at the top of the checkout and in its folders, wherever a page names it in `code`. */
const NAMED_FILE =
  /`((?:api|backends|bench|cmd|controllers|crds|docs|examples|lib|manifests|migrations|provisioning|runtime|server|sources|store|test)\/[\w./-]*)`/g;

function isThere(path: string): boolean {
  return existsSync(join(CHECKOUT, path));
}

describe.each(PAGES)('%s', (page) => {
  it('links only to pages and folders that exist', async () => {
    const text = await readFile(join(CHECKOUT, page), 'utf8');
    const targets = [...text.matchAll(/\]\(([^)]+)\)/g)]
      .map(([, target = '']) => target.replace(/#.*$/, ''))
      .filter((target) => target !== '' && !target.startsWith('http'));

    expect(targets.filter((target) => !isThere(join(dirname(page), target)))).toEqual([]);
  });

  it('names only files and folders that exist', async () => {
    const text = await readFile(join(CHECKOUT, page), 'utf8');
    const named = [...text.matchAll(NAMED_FILE)].map(([, path = '']) => path);

    expect(named.filter((path) => !isThere(path))).toEqual([]);
  });
});

describe('the README', () => {
  it('names only targets that make has, and verbs that treeline has', async () => {
    const text = await readFile(join(CHECKOUT, 'README.md'), 'utf8');
    const makefile = await readFile(join(CHECKOUT, 'Makefile'), 'utf8');
    const verbs = await readFile(join(CHECKOUT, 'cmd', 'verbs.ts'), 'utf8');
    const unique = (pattern: RegExp): readonly string[] => [
      ...new Set([...text.matchAll(pattern)].map(([, word = '']) => word)),
    ];

    expect(
      unique(/(?:`|^)make ([a-z]+)/gm).filter((one) => !makefile.includes(`\n${one}:`)),
    ).toEqual([]);
    expect(
      unique(/npx treeline ([a-z]+)/g).filter((one) => !verbs.includes(`name: '${one}'`)),
    ).toEqual([]);
  });
});
