import { ANNOTATION } from './labels.ts';

/** What decides whether a workspace sleeps, as far as people have a say in it. */
export interface Sleeper {
  readonly annotations: Readonly<Record<string, string>>;
  readonly requests: { readonly wakeRequestedAt?: string };
  /** The claim of the controller, with the wake request that was known to it. */
  readonly hibernation?: { readonly wakeRequest?: string };
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

/** It hibernates, or is about to, and nobody has asked since that it wakes. */
export function isAsleep(sleeper: Sleeper): boolean {
  const { hibernation } = sleeper;
  return hibernation !== undefined && (hibernation.wakeRequest ?? '') === wakeRequestOf(sleeper);
}
