import { Type } from 'typebox';
import { KINDS, type Kind } from '../objects.ts';
import {
  API_VERSION,
  RULES_KEYWORD,
  SLUG_MAX_LENGTH,
  SLUG_PATTERN,
  SLUG_WORDS,
  WORDS_KEYWORD,
  closed,
  oneOf,
  record,
} from '../schema.ts';
import { NAME_RULES } from '../rules.ts';
import { OBJECT_RULES, SPEC_SCHEMAS } from '../spec-schemas.ts';

/** As the API server has it: an optional DNS name and "/", then at most 63 characters. */
const QUALIFIED_NAME_PATTERN =
  '^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$';
const LABEL_VALUE_PATTERN = '^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$';
const KEY_WORDS = 'must be a name such as team or example.com/team';
const LABEL_VALUE_WORDS =
  'must be at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends';

/**
 * What servers add and `kubectl get -o yaml` shows: accepted, so that such a file can be applied again,
 * and ignored, as kubectl does.
 */
const SERVER_FIELDS = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'ownerReferences',
  'finalizers',
  'selfLink',
  // Ours (design §13).
  'applySet',
  'ownerUid',
  'origin',
] as const;

const labels = record(
  Type.String({ pattern: LABEL_VALUE_PATTERN, [WORDS_KEYWORD]: LABEL_VALUE_WORDS }),
  // The API server takes `labels:` without a value, and so do tools that write it.
  { pattern: QUALIFIED_NAME_PATTERN, words: KEY_WORDS, nullable: true },
);

const metadata = closed({
  name: Type.String(),
  namespace: Type.Optional(
    Type.String({
      pattern: SLUG_PATTERN,
      maxLength: SLUG_MAX_LENGTH,
      nullable: true,
      [WORDS_KEYWORD]: SLUG_WORDS,
    }),
  ),
  labels: Type.Optional(labels),
  annotations: Type.Optional(
    record(Type.String(), { pattern: QUALIFIED_NAME_PATTERN, words: KEY_WORDS, nullable: true }),
  ),
  ...Object.fromEntries(SERVER_FIELDS.map((field) => [field, Type.Optional(Type.Unknown())])),
});

/** The schema of a whole manifest of `kind`; `status` is accepted and ignored. */
export function manifestSchema(kind: Kind) {
  return closed(
    {
      apiVersion: oneOf([API_VERSION], ''),
      kind: oneOf([kind], ''),
      metadata,
      spec: SPEC_SCHEMAS[kind],
      status: Type.Optional(Type.Unknown()),
    },
    { [RULES_KEYWORD]: OBJECT_RULES[kind] },
  );
}

/** What can be said of a document whose kind is missing or none of ours. */
export function headerSchema() {
  return Type.Object(
    {
      apiVersion: oneOf([API_VERSION], ''),
      kind: oneOf(
        KINDS.map(({ kind }) => kind),
        '',
      ),
      metadata: Type.Object({ name: Type.String() }),
    },
    { [RULES_KEYWORD]: NAME_RULES },
  );
}
