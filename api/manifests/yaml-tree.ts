import { Composer, Lexer, Parser, isScalar, type CST, type Node as YamlNode } from 'yaml';
import { parsePlainScalar } from './scalar.ts';

/**
 * How deep lists and mappings may stand in each other. A manifest needs about 10, a List of Orgs 15;
 * without a limit 5 MB of `[` exhaust the memory of the process.
 */
export const MAX_NESTING = 64;

/** Of the parser's stack, which also holds the document and the scalar under construction. */
const STACK_LIMIT = MAX_NESTING + 2;

/** `undefined` contents: the document is empty. Offsets are in UTF-16 code units from the start of the text. */
export type YamlTree =
  | { readonly contents: YamlNode | undefined }
  | { readonly offset: number; readonly message: string };

/**
 * Parses one document without giving plain scalars a meaning (`parsePlainScalar` does).
 * Answers the first syntax error only: those behind it are mostly its echo. Never throws.
 */
export function parseYamlTree(text: string): YamlTree {
  const tokens = readTokens(text);
  if (!Array.isArray(tokens)) {
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

/** The concrete syntax; or where it nests too deep, found before the recursive half of the parser sees it. */
function readTokens(text: string): CST.Token[] | { offset: number; message: string } {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > STACK_LIMIT) {
      return { offset: parser.offset, message: `nested more than ${MAX_NESTING} levels deep` };
    }
  }
  tokens.push(...parser.end());
  const directive = tokens.find(({ type }) => type === 'directive');
  return directive === undefined
    ? tokens
    : {
        offset: directive.offset,
        message: 'directives such as %YAML are not read, nor by kubectl',
      };
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

function describeSyntaxError(message: string): string {
  return `invalid YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}
