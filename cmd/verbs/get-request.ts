import { KINDS, type KindInfo } from '../../api/objects.ts';
import { usageError } from '../cli-error.ts';
import { findKind, getKind, parseTargets, type Target } from '../kinds.ts';
import { outputFlag } from './output-flag.ts';
import { isFlagSet, textFlag, type Typed } from '../verb.ts';

export const GET_FORMATS = ['table', 'wide', 'json', 'yaml', 'name'] as const;
export type GetFormat = (typeof GET_FORMATS)[number];

/** What `get` was asked. */
export interface GetRequest {
  readonly format: GetFormat;
  /** Kinds to list; empty when objects are named. */
  readonly kinds: readonly KindInfo[];
  readonly targets: readonly Target[];
  readonly selector: string | undefined;
  readonly isWatch: boolean;
  readonly allNamespaces: boolean;
}

/** Throws a usage error for a kind that does not exist and for flags that contradict each other. */
export function parseGetRequest(typed: Typed): GetRequest {
  const request = {
    format: outputFlag(typed, GET_FORMATS),
    ...parseOperands(typed.operands),
    selector: textFlag(typed, 'selector'),
    isWatch: isFlagSet(typed, 'watch'),
    allNamespaces: isFlagSet(typed, 'allNamespaces'),
  };
  refuseContradictions(request);
  return request;
}

function parseOperands(operands: readonly string[]): Pick<GetRequest, 'kinds' | 'targets'> {
  const [first = '', ...names] = operands;
  if (names.length > 0 || first.includes('/')) {
    if (names.length > 0 && !first.includes('/')) {
      getKind(first);
    }
    return { kinds: [], targets: parseTargets(operands) };
  }
  return { kinds: first === 'all' ? KINDS : first.split(',').map(getKind), targets: [] };
}

function refuseContradictions({ targets, selector, allNamespaces, ...request }: GetRequest): void {
  if (targets.length > 0 && allNamespaces) {
    throw usageError('a name and -A contradict each other: name the namespace with -n');
  }
  if (targets.length > 0 && selector !== undefined) {
    throw usageError('names and --selector contradict each other: give one of them');
  }
  const kinds = [...request.kinds, ...targets.map(({ kind }) => kind)];
  if (request.isWatch && kinds.some((kind) => kind !== findKind('workspace'))) {
    throw usageError('--watch works for workspaces only');
  }
}
