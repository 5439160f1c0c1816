import { decodeText } from './decode.ts';
import type { ReadDocuments } from './parsed-document.ts';
import { mergeReads, readDocument } from './read-document.ts';
import { splitDocuments } from './split.ts';

export type { ParsedDocument, ReadDocuments } from './parsed-document.ts';
export { formatProblem, type Problem } from './problem.ts';

/**
 * Reads a file of manifests, YAML or JSON, as kubectl reads it (`no` is false, `014` is 12), but strictly:
 * unknown fields and duplicate keys are problems. Each document is read for itself, so that a broken one hides nothing
 * of the others; empty ones are passed over, lists are unpacked, objects of other API groups are `skipped`.
 * `file` is the name shown in problems and in `origin`. Never throws, whatever the bytes.
 */
export function readManifests(file: string, bytes: Uint8Array): ReadDocuments {
  const decoded = decodeText(bytes);
  return 'text' in decoded
    ? mergeReads(splitDocuments(decoded.text).map((chunk) => readDocument(file, chunk)))
    : {
        documents: [],
        problems: [{ file, ...decoded.position, path: '', message: decoded.message }],
        skipped: [],
      };
}
