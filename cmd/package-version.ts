import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../lib/error-code.ts';

/** The version in the package's own `package.json`; it lies one folder up, or two in a built package. */
export function packageVersion(): string {
  for (const up of ['..', '../..']) {
    const text = readIfExists(join(import.meta.dirname, up, 'package.json'));
    if (text !== undefined) {
      return (JSON.parse(text) as { readonly version: string }).version;
    }
  }
  throw new Error('reading the version: no package.json beside the program');
}

function readIfExists(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
