import { Problem } from './problem.ts';

/** `team=design`, `team==design` or `stage!=old`. */
export interface LabelRequirement {
  readonly key: string;
  readonly value: string;
  readonly isEqual: boolean;
}

const REQUIREMENT =
  /^\s*(?<key>[A-Za-z0-9][A-Za-z0-9._/-]*)\s*(?<operator>==?|!=)\s*(?<value>[A-Za-z0-9._-]*)\s*$/;

/** Equality selectors as kubectl reads them, joined by commas; throws a 400 `Problem` for anything else. */
export function parseLabelSelector(text: string): readonly LabelRequirement[] {
  return text.split(',').map((part) => {
    const { key, operator, value } = REQUIREMENT.exec(part)?.groups ?? {};
    if (key === undefined || value === undefined) {
      throw new Problem(
        400,
        'InvalidRequest',
        `labelSelector: cannot read "${part.trim()}"; write key=value or key!=value`,
      );
    }
    return { key, value, isEqual: operator !== '!=' };
  });
}

/** An absent label differs from every value, as in Kubernetes. */
export function matchesLabels(
  labels: Readonly<Record<string, string>>,
  requirements: readonly LabelRequirement[],
): boolean {
  return requirements.every(({ key, value, isEqual }) => (labels[key] === value) === isEqual);
}
