import { formatProblem, readManifests } from '../../api/manifests/read-manifests.ts';
import { describeDeclaration, type Declaration } from '../../api/objects.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { guessFolders } from './content-folders.ts';

/** The bytes of one manifest as the parser understood them; content folders not read yet. */
export interface ParsedManifest {
  readonly bytesHash: string;
  readonly declarations: readonly Declaration[];
  /** `file:line:column: path: message`; not empty means that the file cannot be used. */
  readonly problems: readonly string[];
  /** Folders that it names as far as a text that does not parse can tell. */
  readonly guessedFolders: readonly string[];
}

/** Parses a manifest; equal bytes as `last` give the very same answer, without parsing. */
export function parseManifest(
  path: string,
  bytes: Buffer,
  last: ParsedManifest | undefined,
): ParsedManifest {
  const bytesHash = sha256Hex(bytes.toString('latin1'));
  if (last?.bytesHash === bytesHash) {
    return last;
  }
  const { declarations, problems } = parse(path, bytes);
  const guessedFolders = problems.length > 0 ? guessFolders(path, bytes.toString('utf8')) : [];
  return { bytesHash, declarations, problems, guessedFolders };
}

function parse(path: string, bytes: Buffer): Pick<ParsedManifest, 'declarations' | 'problems'> {
  try {
    const read = readManifests(path, bytes);
    const declarations = read.documents.map((document) => document.declaration);
    return {
      declarations,
      problems: [...read.problems.map(formatProblem), ...findRepeated(declarations)],
    };
  } catch (error) {
    // The parser promises not to throw; if one text makes it fail all the same, the other files go on.
    return { declarations: [], problems: [`${path}: cannot be parsed: ${String(error)}`] };
  }
}

/** An object declared twice in one file: nobody can tell which one counts, so the file cannot be used. */
function findRepeated(declarations: readonly Declaration[]): string[] {
  const first = new Map<string, Declaration>();
  return declarations.flatMap((declaration) => {
    const key = describeDeclaration(declaration);
    const earlier = first.get(key);
    if (earlier === undefined) {
      first.set(key, declaration);
      return [];
    }
    return `${declaration.origin ?? ''}: NameConflict: ${key} is already declared at ${earlier.origin ?? ''}`;
  });
}
