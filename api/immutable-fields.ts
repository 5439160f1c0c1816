import type { Kind } from './objects.ts';
import type { TransitionRule } from './rules.ts';
import { TRANSITIONS_KEYWORD } from './schema.ts';
import { SPEC_SCHEMAS } from './spec-schemas.ts';
import type { ValidationProblem } from './validate.ts';
import { formatPath, valueAt, type Path } from './validation/path.ts';

/**
 * What an update of a valid spec may not change (the backend of a class), as the API server checks it with CEL:
 * a field that was not there before, or is not there any more, is no change. [] when all is well.
 */
export function findImmutableChanges(
  kind: Kind,
  before: unknown,
  after: unknown,
): ValidationProblem[] {
  return findRules(SPEC_SCHEMAS[kind], []).flatMap(({ path, rule }) => {
    const [oldSelf, self] = [valueAt(before, path), valueAt(after, path)];
    return oldSelf === undefined || self === undefined || rule.allows(self, oldSelf)
      ? []
      : [{ path: formatPath(['spec', ...path]), message: rule.message }];
  });
}

interface PlacedRule {
  readonly path: Path;
  readonly rule: TransitionRule;
}

/** Only of named fields: items of a list have no identity that a rule could follow. */
function findRules(schema: object, path: Path): PlacedRule[] {
  const { properties = {}, [TRANSITIONS_KEYWORD]: rules = [] } = schema as {
    readonly properties?: Readonly<Record<string, object>>;
    readonly [TRANSITIONS_KEYWORD]?: readonly TransitionRule[];
  };
  return [
    ...rules.map((rule) => ({ path, rule })),
    ...Object.entries(properties).flatMap(([name, field]) => findRules(field, [...path, name])),
  ];
}
