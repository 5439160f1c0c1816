import { Type, type Static } from 'typebox';
import type { UNTOUCHED_STATUS, WorkspaceStatus } from '../api/conditions.ts';
import type { Kind, SpecByKind } from '../api/objects.ts';
import { closed, oneOf } from '../api/schema.ts';

/**
 * What goes in and out of the HTTP API (design §13): one schema per shape is type, validation and OpenAPI document.
 * Clients import the types of this file and nothing else of the server. Times are ISO 8601 in UTC.
 */

const KIND_NAMES = ['Workspace', 'WorkspaceTemplate', 'WorkspaceClass', 'Org'] as const;
const stringMap = Type.Record(Type.String(), Type.String());
const anyObject = (description: string) =>
  Type.Unsafe<Readonly<Record<string, unknown>>>({ type: 'object', description });

/** Objects of one answer of a list, unless `limit` says otherwise: enough for a page, small enough to build at once. */
export const DEFAULT_LIMIT = 500;
/** Largest `limit`. */
export const MAX_LIMIT = 5000;
/** Objects of one `apply`; as many as a fleet has (issue: 10,000 records). */
const MAX_DOCUMENTS = 10_000;

export const objectMetadataSchema = Type.Object(
  {
    name: Type.String(),
    namespace: Type.Optional(
      Type.String({ description: 'Absent for cluster-scoped kinds (WorkspaceClass).' }),
    ),
    labels: Type.Optional(stringMap),
    annotations: Type.Optional(stringMap),
    uid: Type.String(),
    generation: Type.Integer({ description: 'Moves only when the spec changes; the ETag.' }),
    creationTimestamp: Type.String(),
    deletionTimestamp: Type.Optional(
      Type.String({ description: 'Being deleted since; it goes when its instance is seen gone.' }),
    ),
    applySet: Type.String({ description: 'Who owns the spec.' }),
    ownerUid: Type.Optional(Type.String({ description: 'The Org that generated it.' })),
    origin: Type.Optional(Type.String({ description: '`file:line` of its manifest.' })),
  },
  { description: 'Who the object is.' },
);
export type ObjectMetadata = Static<typeof objectMetadataSchema>;

/** A manifest as it stands in the database; a Workspace also has `status`. */
export const apiObjectSchema = Type.Object({
  apiVersion: Type.String(),
  kind: oneOf(KIND_NAMES, 'Kind of the object.'),
  metadata: objectMetadataSchema,
  spec: anyObject('As declared; `collapsed` and `layout` as they are now.'),
  status: Type.Optional(
    anyObject('What was seen; of a Workspace, and of a class what is known of it.'),
  ),
});
export type ApiObject = Static<typeof apiObjectSchema>;

/** `ApiObject` of one kind, with the type of its spec. */
export interface ApiObjectOf<K extends Kind> extends Omit<ApiObject, 'kind' | 'spec' | 'status'> {
  readonly kind: K;
  readonly spec: SpecByKind[K];
}
/** What every answer about workspaces holds. `UNTOUCHED_STATUS` while no controller has looked at it. */
export interface WorkspaceObject extends ApiObjectOf<'Workspace'> {
  readonly status: WorkspaceStatus | typeof UNTOUCHED_STATUS;
}

const limitField = Type.Optional(
  Type.Integer({ minimum: 1, maximum: MAX_LIMIT, description: `Default: ${DEFAULT_LIMIT}.` }),
);

export const listQuerySchema = closed({
  limit: limitField,
  after: Type.Optional(
    Type.String({ maxLength: 200, description: '`next` of the answer before this one.' }),
  ),
  labelSelector: Type.Optional(
    Type.String({ maxLength: 2048, description: 'Equality only: `team=design,stage!=old`.' }),
  ),
});
export type ListQuery = Static<typeof listQuerySchema>;

/** Ordered by namespace and name. `next` is present when there may be more. */
export const objectListSchema = Type.Object({
  items: Type.Array(apiObjectSchema),
  next: Type.Optional(Type.String()),
});
export interface ListOf<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** JSON merge patch (RFC 7396): null takes a field out. `If-Match` with the ETag guards against lost edits. */
export const workspacePatchSchema = closed({
  metadata: Type.Optional(
    closed({
      labels: Type.Optional(anyObject('Label to value; null removes it.')),
      annotations: Type.Optional(anyObject('Annotation to value; null removes it.')),
    }),
  ),
  spec: Type.Optional(
    Type.Object(
      {
        collapsed: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
        layout: Type.Optional(
          Type.Union([closed({ x: Type.Number(), y: Type.Number() }), Type.Null()]),
        ),
      },
      {
        additionalProperties: true,
        description:
          'Fields of the spec; null removes one. `collapsed` and `layout` may be changed whoever owns the workspace.',
      },
    ),
  ),
});
export type WorkspacePatch = Static<typeof workspacePatchSchema>;

/** Answer of a request that is no edit: the value that is stored; the controller acts on it once. */
export const requestAnswerSchema = Type.Object({
  uid: Type.String(),
  requestedAt: Type.String(),
  remark: Type.Optional(
    Type.String({
      description:
        'For people, when it comes to something else than was asked, as of one that is paused; completes `workspace ada ...`.',
    }),
  ),
});
export type RequestAnswer = Static<typeof requestAnswerSchema>;

export const deleteQuerySchema = closed({
  confirm: Type.Optional(
    Type.Boolean({ description: 'The descendants were shown to a person, who agreed.' }),
  ),
  cascade: Type.Optional(
    Type.Boolean({
      description: 'Default true: descendants too. false: they run on without a parent.',
    }),
  ),
  descendantsOnly: Type.Optional(Type.Boolean({ description: 'Keep the named workspace itself.' })),
});
export type DeleteQuery = Static<typeof deleteQuerySchema>;

export const objectReferenceSchema = Type.Object({
  kind: oneOf(KIND_NAMES, 'Kind of the object.'),
  namespace: Type.String({ description: "'' for cluster-scoped kinds." }),
  name: Type.String(),
});
export type ObjectReference = Static<typeof objectReferenceSchema>;

/** What is being deleted from now on; it is gone when its instance was seen gone. */
export const deleteAnswerSchema = Type.Object({ deleted: Type.Array(objectReferenceSchema) });
export type DeleteAnswer = Static<typeof deleteAnswerSchema>;

export const applyRequestSchema = closed({
  applySet: Type.Optional(
    Type.String({
      pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
      maxLength: 63,
      description: 'Owner of what is declared. Default: cli.',
    }),
  ),
  documents: Type.Array(Type.Unknown(), {
    maxItems: MAX_DOCUMENTS,
    description: 'Manifests as objects.',
  }),
  directories: Type.Optional(
    Type.Record(Type.String({ pattern: '^[0-9]+$' }), Type.Record(Type.String(), stringMap), {
      additionalProperties: false,
      description:
        'Text of the folders named by `spec.files[].directory`: index of the document, folder as written, relative path, content.',
    }),
  ),
  prune: Type.Optional(
    Type.Boolean({ description: 'Delete what the set owns and does not declare. Default: false.' }),
  ),
  dryRun: Type.Optional(
    Type.Boolean({ description: 'Answer what would happen, with `before` and `after`.' }),
  ),
});
export type ApplyRequest = Static<typeof applyRequestSchema>;

const APPLY_ACTIONS = ['created', 'configured', 'unchanged', 'deleted', 'refused'] as const;

export const applyResultSchema = Type.Object({
  ...objectReferenceSchema.properties,
  action: oneOf(APPLY_ACTIONS, 'What happened, or would happen in a dry run.'),
  reason: Type.Optional(Type.String({ description: 'Of a refusal, e.g. OwnedBySource.' })),
  message: Type.Optional(Type.String()),
  before: Type.Optional(
    anyObject('Dry run, of what differs: the manifest as it is; absent when it is new.'),
  ),
  after: Type.Optional(
    anyObject('Dry run, of what differs: the manifest as it would be; absent when deleted.'),
  ),
});
export type ApplyResult = Static<typeof applyResultSchema>;

/** One result per declared object in the order of the documents, then the deleted ones. */
export const applyAnswerSchema = Type.Object({
  applySet: Type.String(),
  dryRun: Type.Boolean(),
  results: Type.Array(applyResultSchema),
});
export type ApplyAnswer = Static<typeof applyAnswerSchema>;

/** One thing wrong with a request or a document of it. */
export const requestProblemSchema = Type.Object({
  document: Type.Optional(Type.Integer({ description: 'Index in `documents`.' })),
  object: Type.Optional(Type.String({ description: '`Workspace default/ada`, where known.' })),
  path: Type.String({ description: 'Field, e.g. `spec.tier`.' }),
  message: Type.String(),
});
export type RequestProblem = Static<typeof requestProblemSchema>;

/** Every error of the API (RFC 9457, `application/problem+json`). `reason` is stable; `detail` is for people. */
export const problemSchema = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  reason: Type.String(),
  problems: Type.Optional(Type.Array(requestProblemSchema)),
  set: Type.Optional(Type.String({ description: 'OwnedBySource: the owning apply set.' })),
  file: Type.Optional(Type.String({ description: 'OwnedBySource: `file:line` of the manifest.' })),
  descendants: Type.Optional(Type.Array(objectReferenceSchema)),
  users: Type.Optional(
    Type.Array(objectReferenceSchema, { description: 'InUse: who needs the object.' }),
  ),
});
export type ProblemDocument = Static<typeof problemSchema>;
