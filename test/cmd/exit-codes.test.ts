import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { EXIT, EXIT_CODE_HELP } from '../../cmd/exit-codes.ts';

const CODES = Object.values(EXIT).map(String);

describe('exit codes', () => {
  it('are all in the page for people, and no others', async () => {
    const page = await readFile(new URL('../../docs/exit-codes.md', import.meta.url), 'utf8');

    expect([...page.matchAll(/^\| (\d+) /gm)].map(([, code]) => code)).toEqual(CODES);
  });

  it('are all in the help, and no others', () => {
    expect([...EXIT_CODE_HELP.matchAll(/^ {2}(\d+) /gm)].map(([, code]) => code)).toEqual(CODES);
  });
});
