import {
  formatProblem,
  readManifests,
  type ParsedDocument,
} from '../../api/manifests/read-manifests.ts';
import { describeDeclaration } from '../../api/objects.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { guessFolders } from './content-folders.ts';

/** The bytes of one manifest as the parser understood them; content folders not read yet. */
export interface ParsedManifest {
  readonly bytesHash: string;
  readonly documents: readonly ParsedDocument[];
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
  const { documents, problems } = parse(path, bytes);
  const guessedFolders = problems.length > 0 ? guessFolders(path, bytes.toString('utf8')) : [];
  return { bytesHash, documents, problems, guessedFolders };
}

function parse(path: string, bytes: Buffer): Pick<ParsedManifest, 'documents' | 'problems'> {
  try {
    const { documents, problems } = readManifests(path, bytes);
    return { documents, problems: [...problems.map(formatProblem), ...findRepeated(documents)] };
  } catch (error) {
    // The parser promises not to throw; if one text makes it fail all the same, the other files go on.
    return { documents: [], problems: [`${path}: cannot be parsed: ${String(error)}`] };
  }
}

/** An object declared twice in one file: nobody can tell which one counts, so the file cannot be used. */
function findRepeated(documents: readonly ParsedDocument[]): string[] {
  const byKey = Map.groupBy(documents, ({ declaration }) => describeDeclaration(declaration));
  return [...byKey].flatMap(([key, [first, ...others]]) =>
    others.map(({ problemAt }) => {
      const earlier = first?.declaration.origin ?? '';
      const message = `NameConflict: ${key} is already declared at ${earlier}`;
      return formatProblem(problemAt(['metadata', 'name'], message));
    }),
  );
}
