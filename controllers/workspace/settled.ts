import type { WorkspaceClassSpec } from '../../api/workspace-class.ts';
import type { Instance } from '../../backends/backend.ts';
import { hashOf } from '../../lib/hash.ts';
import type { LaunchRecord } from '../../store/launch-record.ts';
import type { Hibernation, WorkspaceRequests } from '../../store/workspace-facts.ts';
import type { AgentWord } from './agent.ts';
import type { AddressAnswer } from './external-agent.ts';
import type { Observation } from '../fleet.ts';
import type { Lineage } from './lineage.ts';

/** Everything the decision "nothing to do" was made from, narrow enough to be read for every record in every resync. */
export interface SettledParts {
  /** Version of the rules and what they may do here: another version, or an end of `--observe`, looks at all again. */
  readonly decidedBy: string;
  readonly generation: number;
  readonly isDeleting: boolean;
  readonly lineage: Lineage;
  readonly parentId: string | undefined;
  /** `digestOf` every class that could be meant. */
  readonly classes: readonly string[];
  /** The backends whose lists count; a class whose backend is not configured is not among them. */
  readonly backends: readonly string[];
  /** Hash of the declaration, or its beginning: annotations count, although they move no generation. */
  readonly specHash: string;
  readonly requests: WorkspaceRequests;
  readonly children: { readonly total: number; readonly ready: number };
  readonly launch: Pick<LaunchRecord, 'attempt' | 'state' | 'instanceId'> | undefined;
  /** Hash of the template's declaration, or its beginning; undefined when it names none, or one that does not exist. */
  readonly template: string | undefined;
  /** Revision of the secrets it can read. */
  readonly secrets: string;
  readonly agent: AgentWord;
  /** `elsewhereOf` it. */
  readonly elsewhere: string;
  /** Claim and end of a hibernation. */
  readonly hibernation: Pick<Hibernation, 'claimedAt' | 'wokenAt'> | undefined;
}

/**
 * Equal keys mean: a pass that had nothing to do would have nothing to do again. `seen` is `seenIn` the observation. Pure.
 */
export function settledKey(parts: SettledParts, seen: string): string {
  const { lineage, launch, children, requests } = parts;
  return [
    parts.decidedBy,
    parts.generation,
    parts.isDeleting ? 'deleting' : '',
    lineage.effectiveState,
    lineage.depth,
    lineage.problem?.message,
    parts.parentId,
    parts.classes.join(','),
    parts.backends.join(','),
    shortened(parts.specHash),
    requests.restartRequestedAt,
    requests.reconcileRequestedAt,
    requests.hibernateRequestedAt,
    requests.wakeRequestedAt,
    shortened(parts.template ?? ''),
    shortened(parts.secrets),
    parts.agent,
    parts.hibernation?.claimedAt,
    parts.hibernation?.wokenAt,
    parts.elsewhere,
    children.ready,
    children.total,
    launch?.attempt,
    launch?.state,
    launch?.instanceId,
    seen,
  ].join('|');
}

/** What is known of an agent that runs elsewhere: its attempt, where it listens, and whether something answers there. */
export function elsewhereOf({
  attempt,
  url,
  answer,
}: {
  readonly attempt: number | undefined;
  readonly url: string | undefined;
  readonly answer: AddressAnswer | undefined;
}): string {
  return attempt === undefined ? '' : `${attempt} ${url ?? ''} ${answer?.isAnswering ?? ''}`;
}

/** 16 hexadecimal characters, 64 bits, tell the versions of one object apart; every character is read in every resync. */
const DIGEST_LENGTH = 16;

function shortened(hash: string): string {
  return hash.slice(0, DIGEST_LENGTH);
}

/** Not the generation: a class that was deleted and declared again starts with the same one. */
export function digestOf({
  name,
  spec,
}: {
  readonly name: string;
  readonly spec: WorkspaceClassSpec;
}): string {
  return `${name}:${shortened(hashOf(spec))}`;
}

/**
 * What was seen, as far as a decision or a status rests on it: every instance that is not gone, and whether its port
 * answers.
 */
export function seenIn(
  observation: Observation,
  isAnswering: (instance: Instance) => boolean | undefined,
): string {
  if (observation.kind === 'unknown') {
    return 'unknown';
  }
  const seen: string[] = [];
  for (const { backend, instance } of observation.instances) {
    if (instance.state !== 'terminated') {
      const { id, state, configHash = '', exit } = instance;
      const answer = state === 'running' ? String(isAnswering(instance)) : '';
      const endedMs = exit?.at.getTime() ?? '';
      seen.push(`${backend}:${id}:${state}:${shortened(configHash)}:${endedMs}:${answer}`);
    }
  }
  return seen.sort().join(',');
}
