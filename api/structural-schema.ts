import { RULES_KEYWORD, TRANSITIONS_KEYWORD } from './schema.ts';
import type { Rule, TransitionRule } from './rules.ts';
import type { Path } from './validation/path.ts';

/** A JSON schema as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Keywords that mean the same in our schemas and in those of a CRD (OpenAPI v3, structural). */
const COPIED = [
  'type',
  'description',
  'enum',
  'format',
  'pattern',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'required',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-preserve-unknown-fields',
] as const;

/**
 * The schema as a CRD may hold it: fields that are not named are pruned rather than refused, so `additionalProperties: false`
 * goes; a mapping keeps the schema of its values and loses the pattern of its keys; rules become CEL.
 * Throws an Error for a keyword that it does not know, rather than drop what it says.
 */
export function toStructuralSchema(schema: JsonSchema): JsonSchema {
  const structural: Record<string, unknown> = {};
  for (const keyword of COPIED) {
    if (schema[keyword] !== undefined) {
      structural[keyword] = schema[keyword];
    }
  }
  for (const [keyword, value] of Object.entries(schema)) {
    Object.assign(structural, convertKeyword(keyword, value));
  }
  const validations = toValidations(schema);
  return validations.length === 0
    ? structural
    : { ...structural, 'x-kubernetes-validations': validations };
}

/** Rules as `x-kubernetes-validations`. */
export function toValidation({ cel, message, field }: Rule): JsonSchema {
  const fieldPath = toFieldPath(field);
  return { rule: cel, message, ...(fieldPath === undefined ? {} : { fieldPath }) };
}

function convertKeyword(keyword: string, value: unknown): JsonSchema {
  switch (keyword) {
    case 'properties':
      return {
        properties: mapValues(value as Readonly<Record<string, JsonSchema>>, toStructuralSchema),
      };
    case 'items':
      return { items: toStructuralSchema(value as JsonSchema) };
    case 'patternProperties':
      return { additionalProperties: toStructuralSchema(onlyValue(value as JsonSchema)) };
    case 'additionalProperties':
      return refuseUnless(value === false, keyword);
    default:
      return refuseUnless(
        keyword.startsWith('x-treeline-') || (COPIED as readonly string[]).includes(keyword),
        keyword,
      );
  }
}

function toValidations(schema: JsonSchema): readonly JsonSchema[] {
  const rules = (schema[RULES_KEYWORD] ?? []) as readonly Rule[];
  const transitions = (schema[TRANSITIONS_KEYWORD] ?? []) as readonly TransitionRule[];
  return [
    ...rules.map(toValidation),
    ...transitions.map(({ cel, message }) => ({ rule: cel, message })),
  ];
}

/**
 * `.spec.parentRef.name`; undefined where the API server refuses one: for the object itself, and for metadata,
 * of which a CRD declares no fields.
 */
function toFieldPath(field: Path): string | undefined {
  return field.length === 0 || field[0] === 'metadata' ? undefined : `.${field.join('.')}`;
}

/** The same names, each schema converted. */
export function mapValues(
  schemas: Readonly<Record<string, JsonSchema>>,
  convert: (schema: JsonSchema) => JsonSchema,
): JsonSchema {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, convert(schema)]),
  );
}

function onlyValue(schemas: JsonSchema): JsonSchema {
  const [schema, ...others] = Object.values(schemas) as JsonSchema[];
  if (schema === undefined || others.length > 0) {
    throw new Error('a CRD schema can say one thing about the values of a mapping');
  }
  return schema;
}

function refuseUnless(isKnown: boolean, keyword: string): JsonSchema {
  if (!isKnown) {
    throw new Error(`no CRD schema for the keyword ${keyword}`);
  }
  return {};
}
