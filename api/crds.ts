import { UNTOUCHED_STATUS, commonStatusSchema, workspaceStatusSchema } from './conditions.ts';
import { KINDS, type Kind, type KindInfo } from './objects.ts';
import { PRINTER_COLUMNS } from './printer-columns.ts';
import { API_GROUP, API_VERSION } from './schema.ts';
import { OBJECT_RULES, SPEC_SCHEMAS } from './spec-schemas.ts';
import {
  mapValues,
  toStructuralSchema,
  toValidation,
  type JsonSchema,
} from './structural-schema.ts';

/** A CustomResourceDefinition (`apiextensions.k8s.io/v1`) as plain data, keys in the order they are written. */
export type CustomResourceDefinition = JsonSchema & {
  readonly metadata: { readonly name: string };
};

/** What a person reads first in `kubectl explain`. */
const DESCRIPTIONS: Readonly<Record<Kind, string>> = {
  Workspace: 'One agent: who it is, whose child, and how it should be now.',
  WorkspaceTemplate: 'What workspaces run: the reusable part of their spec.',
  WorkspaceClass: 'Where workspaces run: a backend and its parameters.',
  Org: 'A whole tree of workspaces in one object.',
};

/** The CRDs of all kinds. Pure. */
export function toCustomResourceDefinitions(): readonly CustomResourceDefinition[] {
  return KINDS.map(toCustomResourceDefinition);
}

function toCustomResourceDefinition(info: KindInfo): CustomResourceDefinition {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${info.plural}.${API_GROUP}` },
    spec: {
      group: API_GROUP,
      names: toNames(info),
      scope: info.scope,
      versions: [toVersion(info.kind)],
    },
  };
}

function toNames({ kind, plural, singular, shortName }: KindInfo): JsonSchema {
  return {
    kind,
    listKind: `${kind}List`,
    plural,
    singular,
    // `org` is short as it is.
    ...(shortName === singular ? {} : { shortNames: [shortName] }),
    categories: ['treeline'],
  };
}

function toVersion(kind: Kind): JsonSchema {
  const status = statusSchemaOf(kind);
  return {
    name: API_VERSION.slice(API_GROUP.length + 1),
    served: true,
    storage: true,
    schema: { openAPIV3Schema: toObjectSchema(kind, status) },
    ...(status === undefined ? {} : { subresources: { status: {} } }),
    additionalPrinterColumns: PRINTER_COLUMNS[kind],
  };
}

function toObjectSchema(kind: Kind, status: JsonSchema | undefined): JsonSchema {
  return {
    type: 'object',
    description: DESCRIPTIONS[kind],
    required: ['spec'],
    'x-kubernetes-validations': OBJECT_RULES[kind].map(toValidation),
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec: toStructuralSchema({ ...SPEC_SCHEMAS[kind] }),
      ...(status === undefined ? {} : { status }),
    },
  };
}

/**
 * Kinds that a controller writes a status of. Only a workspace has one from the start: `UNTOUCHED_STATUS` keeps
 * GitOps tools from calling an untouched object healthy, and would keep them waiting where nobody writes.
 */
function statusSchemaOf(kind: Kind): JsonSchema | undefined {
  switch (kind) {
    case 'Workspace':
      return {
        ...withoutRequired(toStructuralSchema({ ...workspaceStatusSchema })),
        default: UNTOUCHED_STATUS,
      };
    case 'WorkspaceClass':
    case 'Org':
      return withoutRequired(toStructuralSchema({ ...commonStatusSchema }));
    case 'WorkspaceTemplate':
      return undefined;
  }
}

/**
 * No field of a status is required: only controllers write it, and one that is older or newer than the CRD must not
 * be refused for a field. The keys of a list-map stay required, because they have to be.
 */
function withoutRequired(schema: JsonSchema): JsonSchema {
  const keys = schema['x-kubernetes-list-map-keys'];
  const members = Object.entries(schema).flatMap(([keyword, value]): [string, unknown][] => {
    switch (keyword) {
      case 'required':
        return [];
      case 'properties':
        return [
          [keyword, mapValues(value as Readonly<Record<string, JsonSchema>>, withoutRequired)],
        ];
      case 'items':
        return [
          [
            keyword,
            { ...withoutRequired(value as JsonSchema), ...(keys ? { required: keys } : {}) },
          ],
        ];
      default:
        return [[keyword, value]];
    }
  });
  return Object.fromEntries(members);
}
