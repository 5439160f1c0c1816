import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** `text not null default` and the like: what store/tables.ts says about each column, by table. */
export type Columns = Readonly<Record<string, Readonly<Record<string, string>>>>;

type Interfaces = ReadonlyMap<string, ts.InterfaceDeclaration>;

/** Types of store/tables.ts and what PostgreSQL calls them; the first that fits counts. */
const COLUMN_BY_TYPE: readonly (readonly [RegExp, string])[] = [
  [/^Generated<(\w+)>$/, '$1 not null default'],
  [/^ColumnType<(\w+), \w+ \| undefined, \w+>$/, '$1 not null default'],
  [/^NullableJson<.*>$/, 'jsonb'],
  [/^DefaultedJson<.*>$/, 'jsonb not null default'],
  [/^Json<.*>$/, 'jsonb not null'],
  [/^NullableTimestamp$/, 'timestamptz'],
  [/^Timestamp$/, 'timestamptz not null default'],
  [/^(\w+) \| null$/, '$1'],
  [/^(\w+)$/, '$1 not null'],
];
/** Unions of words are text; the check constraints say which words. */
const TEXT_TYPES = /^(string|Phase|ApplySetState|LaunchState|GarbageDecision)\b/;

/** Read from the source text, because types are gone at run time. */
export function readDeclaredTables(): Columns {
  const url = new URL('../../store/tables.ts', import.meta.url);
  const source = ts.createSourceFile(
    'tables.ts',
    readFileSync(url, 'utf8'),
    ts.ScriptTarget.Latest,
  );
  const interfaces: Interfaces = new Map(
    source.statements
      .filter((statement) => ts.isInterfaceDeclaration(statement))
      .map((declaration) => [declaration.name.text, declaration]),
  );
  return Object.fromEntries(
    membersOf('Database', interfaces, source).map(([table, type]) => [
      table,
      Object.fromEntries(
        membersOf(type, interfaces, source).map(([column, text]) => [column, toColumn(text)]),
      ),
    ]),
  );
}

function membersOf(
  name: string,
  interfaces: Interfaces,
  source: ts.SourceFile,
): readonly (readonly [string, string])[] {
  const declaration = interfaces.get(name);
  const parents = (declaration?.heritageClauses ?? []).flatMap((clause) =>
    clause.types.map((type) => type.expression.getText(source)),
  );
  const own = (declaration?.members ?? []).flatMap((member) =>
    ts.isPropertySignature(member)
      ? [[member.name.getText(source), member.type?.getText(source) ?? ''] as const]
      : [],
  );
  return [...parents.flatMap((parent) => membersOf(parent, interfaces, source)), ...own];
}

function toColumn(type: string): string {
  const oneLine = type.replace(/\s+/g, ' ');
  const [pattern, column] = COLUMN_BY_TYPE.find(([one]) => one.test(oneLine)) ?? [oneLine, oneLine];
  return oneLine.replace(pattern, column).replace(TEXT_TYPES, 'text');
}
