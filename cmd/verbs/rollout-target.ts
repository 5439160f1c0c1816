import type { KindInfo } from '../../api/objects.ts';
import { usageError } from '../cli-error.ts';
import { warn, type Context } from '../context.ts';
import { getKind, parseTarget } from '../kinds.ts';
import { listObjects } from '../objects.ts';
import type { Session } from '../session.ts';
import { textFlag, type Typed } from '../verb.ts';

/** Whose rollouts a verb is about. */
export interface RolloutTarget {
  readonly kind: KindInfo;
  readonly name: string;
}

const CLASS = getKind('workspaceclass');
const ORG = getKind('org');

/** `local`, `wspc/local`, `org/acme`, `--class` or `--org`; undefined when nothing is named. Throws a usage error for more than one. */
export function parseRolloutTarget(typed: Typed): RolloutTarget | undefined {
  const [word] = typed.operands;
  const named = [
    ...(word === undefined ? [] : [parseWord(word)]),
    ...namedBy(typed, 'class', CLASS),
    ...namedBy(typed, 'org', ORG),
  ];
  if (named.length > 1) {
    throw usageError('name one class or one org');
  }
  return named[0];
}

function namedBy(typed: Typed, flag: string, kind: KindInfo): RolloutTarget[] {
  const name = textFlag(typed, flag);
  return name === undefined ? [] : [{ kind, name }];
}

function parseWord(word: string): RolloutTarget {
  const target = word.includes('/') ? parseTarget(word) : { kind: CLASS, name: word };
  if (target.kind !== CLASS && target.kind !== ORG) {
    throw usageError(`${word} is no class: rollouts are those of a class or an org`);
  }
  return target;
}

/** The one that was named, or every class; warns when there is none. */
export async function rolloutTargets(
  named: RolloutTarget | undefined,
  { context, session }: { readonly context: Context; readonly session: Session },
): Promise<readonly RolloutTarget[]> {
  if (named !== undefined) {
    return [named];
  }
  const classes = await listObjects(session.client, CLASS, { namespace: undefined });
  if (classes.length === 0) {
    warn(context, 'there is no class');
  }
  return classes.map(({ metadata }) => ({ kind: CLASS, name: metadata.name }));
}

/** `--class local`, as it is typed again. */
export function flagOf({ kind, name }: RolloutTarget): string {
  return `--${kind === CLASS ? 'class' : 'org'} ${name}`;
}

/** `class local`, for messages. */
export function describeTarget({ kind, name }: RolloutTarget): string {
  return `${kind === CLASS ? 'class' : 'org'} ${name}`;
}
