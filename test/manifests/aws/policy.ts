import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'manifests', 'aws');

type OneOrMore = string | readonly string[];
/** Operator, key, values. */
type Conditions = Readonly<Record<string, Readonly<Record<string, OneOrMore>>>>;

export interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: OneOrMore;
  readonly Resource: OneOrMore;
  readonly Condition?: Conditions;
}

/** One action on one resource, with the condition keys that AWS fills in for it. */
export interface Authorization {
  readonly action: string;
  /** `*` for actions that know no resources. */
  readonly resource: string;
  readonly context: Readonly<Record<string, OneOrMore>>;
}

/** The statements of a document that is shipped, its placeholders filled in. Throws when one is left. */
export async function readPolicy(
  name: string,
  placeholders: Readonly<Record<string, string>>,
): Promise<readonly Statement[]> {
  const text = await readFile(join(FOLDER, name), 'utf8');
  const filled = Object.entries(placeholders).reduce(
    (partly, [placeholder, value]) => partly.replaceAll(placeholder, value),
    text,
  );
  const left = /\b[A-Z]+(?:_[A-Z]+)+\b/.exec(filled);
  if (left !== null) {
    throw new Error(`${name}: the placeholder ${left[0]} has no value`);
  }
  return (JSON.parse(filled) as { readonly Statement: readonly Statement[] }).Statement;
}

/**
 * Whether some statement allows it, as IAM decides where nothing is denied (IAM User Guide, "Policy evaluation logic"): an
 * action, a resource and every condition of the same statement have to match.
 */
export function isAllowed(
  statements: readonly Statement[],
  { action, resource, context }: Authorization,
): boolean {
  return statements.some(
    ({ Effect, Action, Resource, Condition = {} }) =>
      Effect === 'Allow' &&
      toList(Action).some((pattern) => matches(pattern, action)) &&
      toList(Resource).some((pattern) => matches(pattern, resource)) &&
      areMet(Condition, context),
  );
}

/** Every action that some statement allows on something. */
export function actionsOf(statements: readonly Statement[]): readonly string[] {
  return [...new Set(statements.flatMap(({ Action }) => toList(Action)))].sort();
}

function areMet(conditions: Conditions, context: Authorization['context']): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, patterns]) =>
      getOperator(operator)(toList(context[key] ?? []), toList(patterns)),
    ),
  );
}

type Operator = (values: readonly string[], patterns: readonly string[]) => boolean;

/** A key that is not there meets a plain operator never, and one of all values always. */
const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: ([value], patterns) => value !== undefined && patterns.includes(value),
  'ForAllValues:StringLike': (values, patterns) =>
    values.every((value) => patterns.some((pattern) => matches(pattern, value))),
};

function getOperator(name: string): Operator {
  const operator = OPERATORS[name];
  if (operator === undefined) {
    throw new Error(`the evaluator of these tests does not know ${name}`);
  }
  return operator;
}

function toList(oneOrMore: OneOrMore): readonly string[] {
  return typeof oneOrMore === 'string' ? [oneOrMore] : oneOrMore;
}

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}
