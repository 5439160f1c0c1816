import type { ErrorObject } from 'ajv';
import { RULES_KEYWORD, TEXT_KEYWORD, WORDS_KEYWORD } from '../schema.ts';
import { describeMisread, got } from './describe-value.ts';
import { valueAt, type Path } from './path.ts';
import { suggest } from './suggest.ts';
import type { RepeatedKeyParams, RuleParams, TextParams } from './validators.ts';

export interface ErrorContext {
  readonly raw: unknown;
  /** Of the field that the message is about. */
  readonly path: Path;
  /** How the author wrote it, where that is known. */
  readonly written: string | undefined;
}

type Describe = (error: ErrorObject, context: ErrorContext) => string;

/** Types of JSON schema in words. */
const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
};

/** Words per keyword; a keyword that is not here is one that our schemas do not use. */
const DESCRIBE: Readonly<Record<string, Describe>> = {
  additionalProperties: ({ params, parentSchema }, { written }) =>
    describeUnknownKey(String(params['additionalProperty']), parentSchema, written),
  required: () => 'is required',
  type: ({ params, data }, { written }) => {
    // A type that may also be null reads "string,null".
    const [type = ''] = String(params['type']).split(',');
    return `must be ${TYPE_WORDS[type] ?? type} ${describeMisread(data, type, written)}`;
  },
  enum: ({ params, data }) => describeChoice(params['allowedValues'] as readonly string[], data),
  minimum: ({ params, data }) => `must be >= ${limitOf(params)} ${got(data)}`,
  maximum: ({ params, data }) => `must be <= ${limitOf(params)} ${got(data)}`,
  minLength: () => 'must not be empty',
  maxLength: ({ params, data }) => `must be at most ${limitOf(params)} characters ${got(data)}`,
  pattern: ({ params, parentSchema, data }) =>
    `${wordsOf(parentSchema) ?? `must match ${String(params['pattern'])}`} ${got(data)}`,
  minItems: ({ params }) => `must have at least ${countOf(limitOf(params), 'item', 'items')}`,
  maxItems: ({ params, data }) =>
    `must have at most ${countOf(limitOf(params), 'item', 'items')} (got ${(data as readonly unknown[]).length})`,
  minProperties: ({ params, parentSchema }) => describeFields('at least', params, parentSchema),
  maxProperties: ({ params, parentSchema, data }) =>
    `${describeFields('at most', params, parentSchema)} (got ${Object.keys(data as object).length})`,
  [RULES_KEYWORD]: ({ params }, { raw, path }) => {
    const { message } = (params as RuleParams).rule;
    const value = valueAt(raw, path);
    return typeof value === 'string' ? `${message} ${got(value)}` : message;
  },
  [TEXT_KEYWORD]: ({ params, data }) => `${(params as TextParams).problem} ${got(data)}`,
  'x-kubernetes-list-map-keys': ({ params }) => {
    const { key, value } = params as RepeatedKeyParams;
    return `another item of the list has the ${key} ${JSON.stringify(value)}`;
  },
};

/** What is wrong, in lower case, with the value that was given: `must be <= 4 (got 7)`. */
export function describeError(error: ErrorObject, context: ErrorContext): string {
  const describe = DESCRIBE[error.keyword];
  return describe?.(error, context) ?? error.message ?? error.keyword;
}

function describeUnknownKey(
  key: string,
  schema: ErrorObject['parentSchema'],
  written: string | undefined,
): string {
  const words = wordsOf(schema);
  if (words !== undefined) {
    return `the key ${words}`;
  }
  // `y: 5` has the key "true" for kubectl: nobody expects that of the field y.
  const hint =
    written === undefined || written === key
      ? suggest(key, fieldsOf(schema))
      : ` (written ${written}, which YAML reads as ${key}: put it in quotes)`;
  return `unknown field ${JSON.stringify(key)}${hint}`;
}

function describeChoice(choices: readonly string[], value: unknown): string {
  const list = choices.length === 1 ? choices.join('') : `one of ${choices.join(', ')}`;
  const hint = typeof value === 'string' ? suggest(value, choices) : '';
  return `must be ${list} ${got(value, hint)}`;
}

function describeFields(
  bound: 'at least' | 'at most',
  params: ErrorObject['params'],
  schema: ErrorObject['parentSchema'],
): string {
  const fields = fieldsOf(schema);
  return fields.length === 0
    ? `must have ${bound} ${countOf(limitOf(params), 'entry', 'entries')}`
    : `must have ${bound} ${limitOf(params)} of ${fields.join(', ')}`;
}

function fieldsOf(schema: ErrorObject['parentSchema']): string[] {
  return Object.keys((schema?.['properties'] ?? {}) as object);
}

function wordsOf(schema: ErrorObject['parentSchema']): string | undefined {
  return schema?.[WORDS_KEYWORD] as string | undefined;
}

function limitOf(params: ErrorObject['params']): number {
  return Number(params['limit']);
}

function countOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
