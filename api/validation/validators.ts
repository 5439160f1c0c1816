import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Kind } from '../objects.ts';
import { RULES_KEYWORD, TEXT_KEYWORD, type TextCheck } from '../schema.ts';
import type { Rule } from '../rules.ts';
import { headerSchema, manifestSchema } from './manifest-schema.ts';
import { valueAt } from './path.ts';
import { TEXT_CHECKS } from './text-checks.ts';

/** `Header` checks what can be said of a document whose kind is missing or none of ours. */
export type ValidatorName = Kind | 'Header';

/** What the keywords of our own report; other errors have the parameters that ajv documents. */
export interface RuleParams {
  readonly rule: Rule;
}
export interface RepeatedKeyParams {
  readonly key: string;
  readonly value: unknown;
  readonly index: number;
}

export interface TextParams {
  readonly problem: string;
}

const compiled = new Map<ValidatorName, ValidateFunction>();

/** Every error that ajv finds, with the data it is about. Compiles a schema when it is first asked for (about 30 ms). */
export function findSchemaErrors(name: ValidatorName, raw: unknown): readonly ErrorObject[] {
  let validate = compiled.get(name);
  if (validate === undefined) {
    validate = newAjv().compile(name === 'Header' ? headerSchema() : manifestSchema(name));
    compiled.set(name, validate);
  }
  return validate(raw) ? [] : (validate.errors ?? []);
}

function newAjv(): Ajv {
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: false });
  ajv.addKeyword({
    keyword: RULES_KEYWORD,
    schemaType: 'array',
    errors: true,
    validate: checkRules,
  });
  ajv.addKeyword({
    keyword: TEXT_KEYWORD,
    type: 'string',
    schemaType: 'string',
    errors: true,
    validate: checkText,
  });
  ajv.addKeyword({
    keyword: 'x-kubernetes-list-map-keys',
    type: 'array',
    schemaType: 'array',
    errors: true,
    validate: checkRepeatedKeys,
  });
  return ajv;
}

/** ajv's way of handing errors back: a member of the checking function. */
interface Checker {
  (schema: unknown, data: unknown): boolean;
  errors?: Partial<ErrorObject>[];
}

const checkRules: Checker = (rules, data) => {
  const broken = (rules as readonly Rule[]).filter(({ holds }) => !holds(data));
  checkRules.errors = broken.map((rule) => ({ keyword: RULES_KEYWORD, params: { rule } }));
  return broken.length === 0;
};

const checkText: Checker = (kind, text) => {
  const problem = TEXT_CHECKS[kind as TextCheck](text as string);
  checkText.errors = problem === undefined ? [] : [{ keyword: TEXT_KEYWORD, params: { problem } }];
  return problem === undefined;
};

/** Items of a list-map must differ in their key; the API server checks the same. */
const checkRepeatedKeys: Checker = (keys, data) => {
  const [key] = keys as readonly string[];
  const seen = new Set<unknown>();
  const errors: Partial<ErrorObject>[] = [];
  for (const [index, item] of (data as readonly unknown[]).entries()) {
    const value = valueAt(item, [key ?? '']);
    if (value !== undefined && seen.has(value)) {
      errors.push({ keyword: 'x-kubernetes-list-map-keys', params: { key, value, index } });
    }
    seen.add(value);
  }
  checkRepeatedKeys.errors = errors;
  return errors.length === 0;
};
