import { ANNOTATION } from './labels.ts';

/** What decides whether a workspace sleeps, as far as people have a say in it. */
export interface Sleeper {
  readonly annotations: Readonly<Record<string, string>>;
  readonly requests: { readonly wakeRequestedAt?: string };
  readonly spec: { readonly desiredState?: string };
  /** The claim of the controller, with the wake request that was known to it. */
  readonly hibernation?: {
    readonly reason: string;
    readonly wakeRequest?: string;
    readonly wokenAt?: string;
  };
}

/** The last wishes to wake it, from the API and from the annotation; '' when there is none. Only a change counts. */
export function wakeRequestOf({
  requests,
  annotations,
}: Pick<Sleeper, 'requests' | 'annotations'>): string {
  return [requests.wakeRequestedAt, annotations[ANNOTATION.wakeRequestedAt]]
    .filter((part) => part !== undefined)
    .join(' ');
}

/**
 * It hibernates, or is about to: a claim holds until somebody wakes it; one that came from the declaration also ends with that.
 * `store/agent-word-steps.ts` says the same in SQL.
 */
export function isAsleep(sleeper: Sleeper): boolean {
  const { hibernation, spec } = sleeper;
  return (
    hibernation !== undefined &&
    hibernation.wokenAt === undefined &&
    (hibernation.wakeRequest ?? '') === wakeRequestOf(sleeper) &&
    (hibernation.reason !== 'Declared' || spec.desiredState === 'Hibernated')
  );
}
