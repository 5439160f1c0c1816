import type { Node } from 'yaml';
import { checkManifest } from '../validation/check-manifest.ts';
import type { Path } from '../validation/path.ts';
import { DocumentText } from './document-text.ts';
import { toForeignObject } from './foreign.ts';
import { findPlace, textOfPlainScalar } from './locate.ts';
import { problemFinder, type ReadDocuments } from './parsed-document.ts';
import type { Problem } from './problem.ts';
import type { Chunk } from './split.ts';
import { toJson } from './to-json.ts';
import { unpackList, type ListItem } from './unpack-list.ts';
import { parseYamlTree } from './yaml-tree.ts';

const NOTHING: ReadDocuments = { documents: [], problems: [], skipped: [] };

/** Everything one document of a file holds: nothing, one object, or the items of a list. Never throws. */
export function readDocument(file: string, chunk: Chunk): ReadDocuments {
  const text = new DocumentText(file, chunk);
  if (chunk.problem !== undefined) {
    return { ...NOTHING, problems: [text.problemAt(0, chunk.problem)] };
  }
  const tree = parseYamlTree(chunk.text);
  if ('message' in tree) {
    return { ...NOTHING, problems: [text.problemAt(tree.offset, tree.message)] };
  }
  return tree.contents === undefined ? NOTHING : readContents(text, tree.contents);
}

function readContents(text: DocumentText, root: Node): ReadDocuments {
  const { value, problems } = toJson(root, (offset) => text.lineAt(offset));
  const read = mergeReads(unpackList(value).map((item) => readItem(text, root, item)));
  const isOnlyForeign = read.documents.length + read.problems.length === 0;
  if (problems.length === 0 || (isOnlyForeign && read.skipped.length > 0)) {
    return read;
  }
  // Whatever else such a document says may be said on a misunderstanding.
  const found = problems.map(({ offset, message, path }) => text.problemAt(offset, message, path));
  const echoed = new Set(found.map(({ path }) => path));
  const others = read.problems.filter(({ path }) => !echoed.has(path));
  return { documents: [], problems: inOrder([...found, ...others]), skipped: read.skipped };
}

function readItem(text: DocumentText, root: Node, { path, raw }: ListItem): ReadDocuments {
  const { file, chunk } = text;
  const line = lineOf(text, root, path);
  const foreign = toForeignObject(raw);
  if (foreign !== undefined) {
    return { ...NOTHING, skipped: [{ ...foreign, file, line }] };
  }
  const checked = checkManifest(raw, (field, at) =>
    textOfPlainScalar(findPlace(root, [...path, ...field]), at),
  );
  if ('declaration' in checked) {
    const declaration = { ...checked.declaration, origin: `${file}:${line}` };
    return {
      ...NOTHING,
      documents: [{ declaration, problemAt: problemFinder(file, chunk, path) }],
    };
  }
  const problems = checked.problems.map((problem) =>
    text.problemOf(root, { ...problem, path: [...path, ...problem.path] }),
  );
  return { ...NOTHING, problems: inOrder(problems) };
}

function lineOf(text: DocumentText, root: Node, path: Path): number {
  return text.lineAt(findPlace(root, path).value.range?.[0] ?? 0);
}

/** The contents of several documents, or of the items of a list, in their order. */
export function mergeReads(reads: readonly ReadDocuments[]): ReadDocuments {
  return {
    documents: reads.flatMap(({ documents }) => documents),
    problems: reads.flatMap(({ problems }) => problems),
    skipped: reads.flatMap(({ skipped }) => skipped),
  };
}

function inOrder(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}
