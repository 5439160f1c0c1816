import type { LabelTerm } from '../store/workspaces.ts';
import { Problem } from './problem.ts';

const TERM =
  /^\s*(?<key>[A-Za-z0-9][A-Za-z0-9._/-]*)\s*(?<operator>==?|!=)\s*(?<value>[A-Za-z0-9._-]*)\s*$/;

/**
 * Equality selectors as kubectl reads them: `team=design`, `team==design`, `stage!=old`, joined by commas. undefined
 * selects everything. Throws a 400 `Problem` for anything else.
 */
export function parseLabelSelector(text: string | undefined): readonly LabelTerm[] {
  return text === undefined ? [] : text.split(',').map(parseTerm);
}

function parseTerm(text: string): LabelTerm {
  const { key, operator, value } = TERM.exec(text)?.groups ?? {};
  if (key === undefined || value === undefined) {
    throw new Problem(
      400,
      'InvalidRequest',
      `labelSelector: cannot read "${text.trim()}"; write key=value or key!=value`,
    );
  }
  return { key, value, isEqual: operator !== '!=' };
}

/** All terms hold; an absent label differs from every value, as in Kubernetes. */
export function matchesLabels(
  labels: Readonly<Record<string, string>>,
  terms: readonly LabelTerm[],
): boolean {
  return terms.every(({ key, value, isEqual }) => {
    const label = Object.hasOwn(labels, key) ? labels[key] : undefined;
    return (label === value) === isEqual;
  });
}
