import { Lexer, Parser, type CST } from 'yaml';

/**
 * How deep lists and mappings may stand in each other. A manifest needs about 10, a List of Orgs 15;
 * without a limit 5 MB of `[` exhaust the memory of the process.
 */
const MAX_NESTING = 64;

/** Of the parser's stack, which also holds the document and the scalar under construction. */
const STACK_LIMIT = MAX_NESTING + 2;

/**
 * How many words, signs, spaces and line ends one document may have (text in a block counts as one). An Org of 5,000
 * nodes with 15 lines each has 500,000; each costs 1 to 6 us and 300 bytes while the document is read, up to
 * 1.5 kB where it is a mistake.
 */
const MAX_LEXEMES = 600_000;

/** Why a text cannot be read as YAML; the offset is in UTF-16 code units from its start. */
export interface SyntaxProblem {
  readonly offset: number;
  readonly message: string;
}

/** The concrete syntax of one document, or the first reason to read no further: time and memory stay in bounds. */
export function readTokens(text: string): readonly CST.Token[] | SyntaxProblem {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    lexemes += 1;
    const message = findReasonToStop(parser.stack.length, lexemes, tokens.at(-1));
    if (message !== undefined) {
      return { offset: parser.offset - lexeme.length, message };
    }
  }
  return [...tokens, ...parser.end()];
}

/** The message of a syntax error, as ours. */
export function describeSyntaxError(message: string): string {
  return `invalid YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

function findReasonToStop(
  stackLength: number,
  lexemes: number,
  last: CST.Token | undefined,
): string | undefined {
  if (stackLength > STACK_LIMIT) {
    return `nested more than ${MAX_NESTING} levels deep`;
  }
  if (lexemes > MAX_LEXEMES) {
    return `more than ${MAX_LEXEMES} words and signs in one document: split it`;
  }
  if (last?.type === 'directive') {
    return 'directives such as %YAML are not read, nor by kubectl';
  }
  return last?.type === 'error' ? describeSyntaxError(last.message) : undefined;
}
