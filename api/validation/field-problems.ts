import type { ErrorObject } from 'ajv';
import { RULES_KEYWORD } from '../schema.ts';
import { describeError } from './messages.ts';
import { parsePointer, type Path } from './path.ts';
import type { RepeatedKeyParams, RuleParams } from './validators.ts';

/** One field that is wrong, by path; the reader of a file adds line and column. */
export interface FieldProblem {
  readonly path: Path;
  readonly message: string;
  /** Whether the key or the value is at fault: where a caret would point. */
  readonly at: 'key' | 'value';
}

/** How the author wrote a value or its key, where that is known and without quotes: `no` for false. */
export type WrittenText = (path: Path, at: 'key' | 'value') => string | undefined;

/** A person reads no more at once, and a hopeless document stays cheap. */
const MAX_PROBLEMS = 100;

/** The errors of one document as problems: one per field, in the order of the schema, at most 100. */
export function toFieldProblems(
  errors: readonly ErrorObject[],
  raw: unknown,
  writtenText: WrittenText,
): FieldProblem[] {
  return withoutEchoes(errors)
    .slice(0, MAX_PROBLEMS)
    .map((error) => toFieldProblem(error, raw, writtenText));
}

/** A value of the wrong type also fails everything else that is said of it; once is enough. */
function withoutEchoes(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const mistyped = new Set(
    errors.filter(({ keyword }) => keyword === 'type').map(({ instancePath }) => instancePath),
  );
  return errors.filter(
    ({ keyword, instancePath }) => keyword === 'type' || !mistyped.has(instancePath),
  );
}

function toFieldProblem(error: ErrorObject, raw: unknown, writtenText: WrittenText): FieldProblem {
  const path = pathOf(error, parsePointer(error.instancePath, raw));
  const at = error.keyword === 'additionalProperties' ? 'key' : 'value';
  return { path, at, message: describeError(error, { raw, path, written: writtenText(path, at) }) };
}

/** The field itself rather than what holds it: ajv names the object for keys that are missing or unknown. */
function pathOf({ keyword, params }: ErrorObject, path: Path): Path {
  switch (keyword) {
    case 'required':
      return [...path, String(params['missingProperty'])];
    case 'additionalProperties':
      return [...path, String(params['additionalProperty'])];
    case RULES_KEYWORD:
      return [...path, ...(params as RuleParams).rule.field];
    case 'x-kubernetes-list-map-keys': {
      const { index, key } = params as RepeatedKeyParams;
      return [...path, index, key];
    }
    default:
      return path;
  }
}
