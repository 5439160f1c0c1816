/**
 * Rules that a JSON schema cannot say. Each stands once: as CEL for the API server (`x-kubernetes-validations`),
 * beside it as a function for folders and the HTTP API. A test compares the two on random objects.
 */
import { SLUG_MAX_LENGTH, SLUG_PATTERN, SLUG_WORDS } from './schema.ts';
import { valueAt, type Path } from './validation/path.ts';

export interface Rule {
  /** For the API server; `self` is the object that carries the rule. */
  readonly cel: string;
  /** Lower case, without the name of the field. */
  readonly message: string;
  /** The field to point at, relative to `self`; [] is `self`. */
  readonly field: Path;
  /** The same as `cel`; true also where a field has a wrong type, because the schema says so already. */
  readonly holds: (self: unknown) => boolean;
}

/** A rule about an update. */
export interface TransitionRule {
  /** For the API server; `oldSelf` is the value before. */
  readonly cel: string;
  readonly message: string;
  readonly allows: (self: unknown, oldSelf: unknown) => boolean;
}

const NAME: Path = ['metadata', 'name'];
const PARENT: Path = ['spec', 'parentRef', 'name'];
const HIGHEST_PORT = 65_535;
const ELSEWHERE_WORDS = 'has no effect on an agent that runs elsewhere (external)';

/** Of every kind: names become labels, host names and names of folders. */
export const NAME_RULES: readonly Rule[] = [
  {
    cel: `size(self.metadata.name) <= ${SLUG_MAX_LENGTH}`,
    message: `must be at most ${SLUG_MAX_LENGTH} characters`,
    field: NAME,
    holds: (self) => textAt(self, NAME).length <= SLUG_MAX_LENGTH,
  },
  {
    cel: `self.metadata.name.matches('${SLUG_PATTERN}')`,
    message: SLUG_WORDS,
    field: NAME,
    holds: (self) =>
      typeof valueAt(self, NAME) !== 'string' || new RegExp(SLUG_PATTERN).test(textAt(self, NAME)),
  },
];

export const NOT_ITS_OWN_PARENT: Rule = {
  cel: '!has(self.spec.parentRef) || self.spec.parentRef.name != self.metadata.name',
  message: 'a workspace cannot be its own parent',
  field: PARENT,
  holds: (self) =>
    valueAt(self, PARENT) === undefined || valueAt(self, PARENT) !== valueAt(self, NAME),
};

export const NODE_NOT_ITS_OWN_PARENT: Rule = {
  cel: '!has(self.parent) || self.parent != self.key',
  message: 'a node cannot be its own parent',
  field: ['parent'],
  holds: (self) => !has(self, 'parent') || valueAt(self, ['parent']) !== valueAt(self, ['key']),
};

export const ONE_SOURCE_OF_VALUE: Rule = {
  cel: 'has(self.value) != has(self.valueFrom)',
  message: 'give either value or valueFrom',
  field: [],
  holds: (self) => has(self, 'value') !== has(self, 'valueFrom'),
};

/** Of a spec, and of a node: what says where and for how long an instance runs, beside `external`, which has none. */
export const NO_INSTANCE_ELSEWHERE: readonly Rule[] = [
  ...['className', 'provisionTimeout', 'hibernateAfter'].map((name) => ({
    cel: `!has(self.external) || !has(self.${name})`,
    message: ELSEWHERE_WORDS,
    field: [name],
    holds: (self: unknown) => !has(self, 'external') || !has(self, name),
  })),
  {
    cel: "!has(self.external) || !has(self.desiredState) || self.desiredState != 'Hibernated'",
    message: ELSEWHERE_WORDS,
    field: ['desiredState'],
    holds: (self) => !has(self, 'external') || valueAt(self, ['desiredState']) !== 'Hibernated',
  },
];

/** Of a class: the block named like its backend is there, and no other. */
export function blockMatchesBackend(backend: string): readonly Rule[] {
  return [
    {
      cel: `!has(self.${backend}) || self.backend == '${backend}'`,
      message: `is for backend "${backend}" only`,
      field: [backend],
      holds: (self) => !has(self, backend) || valueAt(self, ['backend']) === backend,
    },
    {
      cel: `has(self.${backend}) || self.backend != '${backend}'`,
      message: `is required for backend "${backend}"`,
      field: [backend],
      holds: (self) => has(self, backend) || valueAt(self, ['backend']) !== backend,
    },
  ];
}

export const ONE_WAY_TO_NAME_AN_IMAGE: Rule = {
  cel: '(has(self.id) ? 1 : 0) + (has(self.ssmParameter) ? 1 : 0) + (has(self.name) ? 1 : 0) == 1',
  message: 'give one of id, ssmParameter and name',
  field: [],
  holds: (self) => ['id', 'ssmParameter', 'name'].filter((key) => has(self, key)).length === 1,
};

export const OWNER_NEEDS_NAME: Rule = {
  cel: '!has(self.owner) || has(self.name)',
  message: 'is for images given by name only',
  field: ['owner'],
  holds: (self) => !has(self, 'owner') || has(self, 'name'),
};

export const PORT_RANGE_IN_ORDER: Rule = {
  cel: `int(self.split('-')[0]) >= 1 && int(self.split('-')[0]) <= int(self.split('-')[1]) && int(self.split('-')[1]) <= ${HIGHEST_PORT}`,
  message: `must be first-last, with 1 <= first <= last <= ${HIGHEST_PORT}`,
  field: [],
  holds: (self) => {
    const [first = NaN, last = NaN] = typeof self === 'string' ? self.split('-').map(Number) : [];
    // Not of this form at all: the pattern says so.
    const isRange = Number.isInteger(first) && Number.isInteger(last);
    return !isRange || (first >= 1 && first <= last && last <= HIGHEST_PORT);
  },
};

export const CANNOT_CHANGE: TransitionRule = {
  cel: 'self == oldSelf',
  message: 'cannot be changed',
  allows: (self, oldSelf) => self === oldSelf,
};

function has(self: unknown, key: string): boolean {
  return valueAt(self, [key]) !== undefined;
}

function textAt(self: unknown, path: Path): string {
  const value = valueAt(self, path);
  return typeof value === 'string' ? value : '';
}
