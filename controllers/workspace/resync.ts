import { MAX_DEPTH } from '../../api/workspace.ts';
import { backendKeyOf } from '../../api/workspace-class.ts';
import type { Instance } from '../../backends/backend.ts';
import type { ParentRow, SettledRow } from '../../store/settled-rows.ts';
import type { ClassVersion } from '../../store/workspace-view.ts';
import type { SecretSnapshot } from '../../sources/source.ts';
import type { FleetSnapshot, Observation } from '../fleet.ts';
import { lineageOf, type LineageNode } from './lineage.ts';
import { listsNeeded } from './observe.ts';
import type { AnswerOf } from './external-agent.ts';
import { digestOf, elsewhereOf, seenIn, settledKey } from './settled.ts';

/** What a resync compares records with: their parents, all classes, and the fleet as it was before any of them was read. */
export interface ResyncInput {
  readonly parents: readonly ParentRow[];
  readonly classes: readonly ClassVersion[];
  readonly snapshot: FleetSnapshot;
  readonly hasBackend: (key: string) => boolean;
  /** Whether the port of an instance answers; undefined while nobody knows. */
  readonly isAnswering: (instance: Instance) => boolean | undefined;
  readonly answerOf: AnswerOf;
  /** As in `SettledParts`, and the same for those that wait for their turn in a rollout of this leader. */
  readonly decidedBy: string;
  readonly waitedBy: string;
  readonly secrets: Pick<SecretSnapshot, 'revision'>;
}

/** Whether a pass could have something to do for a record. Pure; answers in constant time. */
export function comparison(input: ResyncInput): (row: SettledRow) => boolean {
  const index = indexOf(input);
  return (row) => isDiffering(row, input, index);
}

interface ResyncIndex {
  readonly ancestorsOf: (parentId: string | undefined) => readonly LineageNode[];
  readonly children: ReadonlyMap<string, ParentRow['children']>;
  readonly classes: ReadonlyMap<string, ClassChoice>;
  readonly defaults: ClassChoice;
}

/** The classes that a workspace could mean. */
interface ClassChoice {
  readonly digests: readonly string[];
  /** The backend, when there is no choice. */
  readonly backend: string | undefined;
}

function indexOf({ parents, classes }: ResyncInput): ResyncIndex {
  return {
    ancestorsOf: ancestry(parents),
    children: new Map(parents.map(({ uid, children }) => [uid, children])),
    classes: new Map(classes.map((one) => [one.name, toChoice([one])])),
    defaults: toChoice(classes.filter(({ spec }) => spec.default === true)),
  };
}

function toChoice(classes: readonly ClassVersion[]): ClassChoice {
  return {
    digests: classes.map(digestOf),
    backend: classes.length === 1 ? classes[0] && backendKeyOf(classes[0].spec) : undefined,
  };
}

function toNode(row: Omit<ParentRow, 'children'>): LineageNode {
  return {
    uid: row.uid,
    name: row.name,
    parentName: row.parent_name ?? undefined,
    parentId: row.parent_id ?? undefined,
    isPaused: row.is_paused,
    isDeleting: row.is_deleting,
  };
}

function isDiffering(row: SettledRow, input: ResyncInput, index: ResyncIndex): boolean {
  if (row.settled_key === null || row.is_due) {
    return true;
  }
  const { digests: classes, backend: next } = classOf(row, index);
  const { hasBackend, snapshot, isAnswering } = input;
  const decidedBy = row.settled_key.startsWith(input.waitedBy) ? input.waitedBy : input.decidedBy;
  const isDeleting = row.is_deleting;
  const open = row.backend ?? undefined;
  const isExternal = row.is_external;
  const backends = listsNeeded({ isDeleting, isExternal, open, next, hasBackend });
  const observation = snapshot.of(row.uid, backends);
  const parts = {
    decidedBy,
    generation: row.generation,
    isDeleting,
    lineage: lineageOf(toNode(row), index.ancestorsOf(row.parent_id ?? undefined)),
    parentId: row.parent_id ?? undefined,
    classes,
    backends,
    specHash: row.spec_hash,
    requests: row.requests ?? NO_REQUESTS,
    children: index.children.get(row.uid) ?? NO_CHILDREN,
    launch: launchOf(row),
    template: row.template_hash ?? undefined,
    secrets: input.secrets.revision(row.namespace),
    agent: row.agent,
    hibernation: hibernationOf(row),
  };
  return elsewheresOf(row, input.answerOf).every((elsewhere) =>
    answersOf(observation, isAnswering).every(
      (answer) =>
        settledKey({ ...parts, elsewhere }, seenIn(observation, answer)) !== row.settled_key,
    ),
  );
}

/** Until a declared address was asked, whatever was said of it still holds, as with the port of an instance. */
function elsewheresOf(row: SettledRow, answerOf: AnswerOf): readonly string[] {
  const attempt = row.external_attempt ?? undefined;
  if (attempt === undefined) {
    return NOT_ELSEWHERE;
  }
  const url = row.external_url ?? undefined;
  const known = answerOf(row.uid, url);
  const guesses = known === undefined ? GUESSES : [known];
  return guesses.map((answer) => elsewhereOf({ attempt, url, answer }));
}

const NOT_ELSEWHERE = [''];
const GUESSES = [undefined, { isAnswering: true }, { isAnswering: false }];

function classOf({ class_name: name }: SettledRow, index: ResyncIndex): ClassChoice {
  return name === null ? index.defaults : (index.classes.get(name) ?? NO_CLASS);
}

function hibernationOf({ claimed_at: claimedAt, woken_at: wokenAt }: SettledRow) {
  return claimedAt === null ? undefined : { claimedAt, ...(wokenAt !== null && { wokenAt }) };
}

const NO_CHILDREN = { total: 0, ready: 0 };
const NO_REQUESTS = {};
const NO_CLASS: ClassChoice = { digests: [], backend: undefined };

type Answer = ResyncInput['isAnswering'];

/** Until the port of an instance was asked, as after a restart of the controller, whatever was said of it still holds. */
function answersOf(observation: Observation, isAnswering: Answer): readonly Answer[] {
  const isUnasked = observation.instances.some(
    ({ instance }) => instance.state === 'running' && isAnswering(instance) === undefined,
  );
  return isUnasked
    ? [undefined, true, false].map((guess) => (instance) => isAnswering(instance) ?? guess)
    : [isAnswering];
}

/** Answers the ancestors below one parent, the parent first; siblings share one walk. */
function ancestry(parents: readonly ParentRow[]): ResyncIndex['ancestorsOf'] {
  const nodes = new Map(parents.map((row) => [row.uid, toNode(row)]));
  const walks = new Map<string, readonly LineageNode[]>();
  return (parentId) => {
    if (parentId === undefined) {
      return [];
    }
    const walk = walks.get(parentId) ?? walkFrom(parentId, nodes);
    walks.set(parentId, walk);
    return walk;
  };
}

function walkFrom(
  parentId: string,
  nodes: ReadonlyMap<string, LineageNode>,
): readonly LineageNode[] {
  const walk: LineageNode[] = [];
  let next = nodes.get(parentId);
  while (next !== undefined && walk.length <= MAX_DEPTH) {
    walk.push(next);
    next = next.parentId === undefined ? undefined : nodes.get(next.parentId);
  }
  return walk;
}

function launchOf({ attempt, launch_state: state, instance_id: instanceId }: SettledRow) {
  return attempt === null || state === null
    ? undefined
    : { attempt, state, ...(instanceId !== null && { instanceId }) };
}
