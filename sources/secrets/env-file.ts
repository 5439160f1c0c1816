import { parseEnv } from 'node:util';

/** A line that is no assignment. The text of the line is left out: it may be a piece of a secret. */
export interface BadLine {
  /** From 1. */
  readonly line: number;
  readonly problem: string;
}

export interface EnvFile {
  readonly values: ReadonlyMap<string, string>;
  readonly badLines: readonly BadLine[];
}

const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/;
const NOTHING = /^\s*(#.*)?$/;
const QUOTES: readonly string[] = ['"', "'", '`'];

/**
 * The assignments of an `.env` file; of two with one name the later one counts. The values are those of `parseEnv` of
 * Node, which passes over in silence what it does not understand: here every such line is told.
 */
export function parseEnvFile(text: string): EnvFile {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const values = new Map<string, string>();
  const badLines: BadLine[] = [];
  for (let at = 0; at < lines.length;) {
    const statement = readStatement(lines, at);
    if (statement.kind === 'assignment') {
      values.set(statement.name, statement.value);
    } else if (statement.kind === 'bad') {
      badLines.push({ line: at + 1, problem: statement.problem });
    }
    at = statement.next;
  }
  return { values, badLines };
}

type Statement = { readonly next: number } & (
  | { readonly kind: 'nothing' }
  | { readonly kind: 'bad'; readonly problem: string }
  | { readonly kind: 'assignment'; readonly name: string; readonly value: string }
);

function readStatement(lines: readonly string[], at: number): Statement {
  const line = lines[at] ?? '';
  const next = at + 1;
  if (NOTHING.test(line)) {
    return { kind: 'nothing', next };
  }
  const [, name, first] = ASSIGNMENT.exec(line) ?? [];
  if (name === undefined || first === undefined) {
    return { kind: 'bad', problem: 'must be NAME=value, a name being letters, digits and _', next };
  }
  const quote = QUOTES.find((one) => first.startsWith(one));
  return quote === undefined
    ? assignment(name, first, next)
    : readQuoted({ name, quote, text: [first, ...lines.slice(next)], next });
}

function readQuoted(given: {
  readonly name: string;
  readonly quote: string;
  /** Begins with the quote; the other lines of the file follow. */
  readonly text: readonly string[];
  readonly next: number;
}): Statement {
  const { name, quote, text, next } = given;
  const last = text.findIndex((line, index) => line.includes(quote, index === 0 ? 1 : 0));
  if (last === -1) {
    // What follows may be the rest of the value: none of it can be understood.
    return { kind: 'bad', problem: 'the quote is not closed', next: next + text.length };
  }
  const end = text[last] ?? '';
  const behind = end.slice(end.indexOf(quote, last === 0 ? 1 : 0) + 1);
  return NOTHING.test(behind)
    ? assignment(name, text.slice(0, last + 1).join('\n'), next + last)
    : { kind: 'bad', problem: 'there is text behind the closing quote', next: next + last };
}

function assignment(name: string, text: string, next: number): Statement {
  const parsed = parseEnv(`${name}=${text}`);
  const value = Object.hasOwn(parsed, name) ? parsed[name] : undefined;
  return value === undefined
    ? { kind: 'bad', problem: 'this name cannot be used', next }
    : { kind: 'assignment', name, value, next };
}
