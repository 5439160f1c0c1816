import { readBytes } from '../directory/read-bytes.ts';
import type { FoundFile } from '../directory/listing.ts';
import type { SecretLookup } from '../source.ts';
import { parseEnvFile } from './env-file.ts';
import { found } from './folder-snapshot.ts';
import { MAX_PROBLEMS_NAMED, MAX_SECRET_BYTES } from './limits.ts';
import type { Place } from './place.ts';

/** A byte order mark is a part of the value, as every other byte. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const NUL = '\0';

type Text = { readonly text: string } | { readonly problem: string };

/** Reads all files of a place. Never throws: what cannot be read or understood is a problem, without any value. */
export async function readPlace(place: Place): Promise<SecretLookup> {
  const { lookup, problems } = await readValues(place);
  return problems.length === 0
    ? lookup
    : { kind: 'problem', message: `${subjectOf(place)}: ${named(problems)}` };
}

/** What a person would call it. */
function subjectOf({ namespace, name }: Place): string {
  if (namespace === undefined) {
    return 'secrets of all workspaces';
  }
  return name === undefined ? `secrets of namespace "${namespace}"` : `secret "${name}"`;
}

interface Values {
  readonly lookup: SecretLookup;
  readonly problems: readonly string[];
}

async function readValues({ kind, files, problems }: Place): Promise<Values> {
  if (problems.length > 0) {
    return { lookup: found([]), problems };
  }
  const texts = await Promise.all(
    files.map(async (file) => ({ file, read: await readText(file) })),
  );
  const values: [string, string][] = [];
  const refused: string[] = [];
  for (const { file, read } of texts) {
    if ('problem' in read) {
      refused.push(`${file.path} ${read.problem}`);
    } else if (kind === 'keys') {
      values.push([keyOf(file), read.text]);
    } else {
      const { values: parsed, badLines } = parseEnvFile(read.text);
      values.push(...parsed);
      refused.push(...badLines.map(({ line, problem }) => `${file.path}:${line}: ${problem}`));
    }
  }
  return { lookup: found(values), problems: refused };
}

function keyOf({ path }: FoundFile): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

async function readText(file: FoundFile): Promise<Text> {
  const read = await readBytes(file.realPath, MAX_SECRET_BYTES);
  if ('problem' in read) {
    return { problem: read.problem };
  }
  try {
    const text = UTF8.decode(read.bytes);
    // No environment can carry it, and Node's complaint about that would show the value.
    return text.includes(NUL) ? { problem: 'holds a zero byte' } : { text };
  } catch {
    return { problem: 'is not UTF-8 text' };
  }
}

function named(problems: readonly string[]): string {
  const rest = problems.length - MAX_PROBLEMS_NAMED;
  const shown = problems.slice(0, MAX_PROBLEMS_NAMED).join('; ');
  return rest > 0 ? `${shown}; and ${rest} more` : shown;
}
