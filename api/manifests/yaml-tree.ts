import { Composer, isScalar, type Node as YamlNode } from 'yaml';
import { parsePlainScalar } from './scalar.ts';
import { describeSyntaxError, readTokens, type SyntaxProblem } from './yaml-tokens.ts';

/** `undefined` contents: the document is empty. Offsets are in UTF-16 code units from the start of the text. */
export type YamlTree = { readonly contents: YamlNode | undefined } | SyntaxProblem;

/**
 * Parses one document without giving plain scalars a meaning (`parsePlainScalar` does).
 * Answers the first syntax error only: those behind it are mostly its echo. Never throws.
 */
export function parseYamlTree(text: string): YamlTree {
  const tokens = readTokens(text);
  if ('message' in tokens) {
    return tokens;
  }
  const documents = [...newComposer().compose(tokens, false, text.length)];
  const [error] = documents.flatMap((document) => document.errors);
  if (error !== undefined) {
    return { offset: error.pos[0], message: describeSyntaxError(error.message) };
  }
  const [first, second] = documents.flatMap(({ contents }) =>
    isEmpty(contents) ? [] : [contents],
  );
  return second === undefined
    ? { contents: first }
    : { offset: second.range[0], message: 'a further document must begin with a line ---' };
}

function newComposer(): Composer {
  return new Composer({
    version: '1.1',
    // Every scalar stays text, every alias an alias, every duplicate key is kept: `toJson` decides,
    // in time that grows with the file only (the library compares each key with all others).
    schema: 'failsafe',
    resolveKnownTags: false,
    uniqueKeys: false,
    merge: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
}

/** Nothing, or a plain scalar that means null: kubectl passes over both. */
function isEmpty(contents: YamlNode | null): contents is null {
  return (
    contents === null ||
    (isScalar(contents) &&
      contents.type === 'PLAIN' &&
      parsePlainScalar(String(contents.value)) === null)
  );
}
