import type { ObjectMetadata, WorkspaceObject } from '../../server/contract.ts';
import { isEditable } from '../../store/ownership.ts';
import { ApiError, ownedBySource } from '../api-error.ts';
import { CliError } from '../cli-error.ts';
import { findDescendants } from './descendants.ts';
import { EXIT } from '../exit-codes.ts';
import { describeObject, type Target } from '../kinds.ts';
import { getObject, listWorkspaces } from '../objects.ts';
import type { Session } from '../session.ts';

export interface NamespacedTarget extends Target {
  readonly namespace: string;
}

export interface DeletionPlan {
  /** What a deletion is asked for: no descendants of another one, which go with it. Workspaces come first. */
  readonly requests: readonly NamespacedTarget[];
  /** All that will go, for people: `workspace default/ada`. */
  readonly doomed: readonly string[];
  /** What was named and does not exist. */
  readonly missing: readonly string[];
  /** One for each of the doomed that a source owns, in their order: then nothing may go. */
  readonly refusals: readonly CliError[];
}

const NOTHING: DeletionPlan = { requests: [], doomed: [], missing: [], refusals: [] };

/** Looks what a deletion of these would take with it. */
export async function planDeletion(
  session: Session,
  targets: readonly NamespacedTarget[],
  descendantsOnly: boolean,
): Promise<DeletionPlan> {
  const workspaces = targets.filter(({ kind }) => kind.kind === 'Workspace');
  const others = targets.filter(({ kind }) => kind.kind !== 'Workspace');
  if (descendantsOnly && others.length > 0) {
    throw new CliError('only workspaces have descendants', EXIT.usage);
  }
  const byNamespace = Map.groupBy(workspaces, ({ namespace }) => namespace);
  const plans = await Promise.all(
    [...byNamespace].map(async ([namespace, named]) => {
      const existing = await listWorkspaces(session.client, { namespace });
      return planWorkspaces(named, existing, descendantsOnly);
    }),
  );
  return join([...plans, ...(await Promise.all(others.map((one) => planOther(session, one))))]);
}

function planWorkspaces(
  named: readonly NamespacedTarget[],
  existing: readonly WorkspaceObject[],
  descendantsOnly: boolean,
): DeletionPlan {
  const metadataOf = new Map(existing.map(({ metadata }) => [metadata.name, metadata]));
  const present = named.filter(({ name }) => metadataOf.has(name));
  const below = new Set(
    present.flatMap(({ name }) =>
      findDescendants(existing, name).map(({ metadata }) => metadata.name),
    ),
  );
  const describe = (name: string): string => `workspace ${named[0]?.namespace ?? ''}/${name}`;
  const doomed = [
    ...(descendantsOnly ? [] : present.map(({ name }) => name).filter((name) => !below.has(name))),
    ...below,
  ];
  return {
    requests: below.size === 0 && descendantsOnly ? [] : withoutCovered(present, existing, below),
    doomed: doomed.map(describe),
    missing: named.filter(({ name }) => !metadataOf.has(name)).map(nameOf),
    refusals: doomed.flatMap((name) => refusalsOf(describe(name), metadataOf.get(name))),
  };
}

/** Those whose deletion takes the others along; of a circle of parents one, which takes the whole circle. */
function withoutCovered(
  present: readonly NamespacedTarget[],
  existing: readonly WorkspaceObject[],
  below: ReadonlySet<string>,
): readonly NamespacedTarget[] {
  const covered = new Set<string>();
  const topFirst = present.toSorted(
    (a, b) => Number(below.has(a.name)) - Number(below.has(b.name)),
  );
  return topFirst.filter(({ name }) => {
    if (covered.has(name)) {
      return false;
    }
    covered.add(name);
    findDescendants(existing, name).forEach(({ metadata }) => covered.add(metadata.name));
    return true;
  });
}

async function planOther({ client }: Session, target: NamespacedTarget): Promise<DeletionPlan> {
  try {
    const { metadata } = await getObject(client, target);
    const name = nameOf(target);
    return {
      ...NOTHING,
      requests: [target],
      doomed: [name],
      refusals: refusalsOf(name, metadata),
    };
  } catch (error) {
    if (error instanceof ApiError && error.problem.status === 404) {
      return { ...NOTHING, missing: [nameOf(target)] };
    }
    throw error;
  }
}

/** One, or none for what may be deleted. */
function refusalsOf(object: string, metadata: ObjectMetadata | undefined): readonly CliError[] {
  if (metadata === undefined || isEditable(metadata)) {
    return [];
  }
  const { applySet: set, origin: file } = metadata;
  return [ownedBySource(object, { set, ...(file !== undefined && { file }) })];
}

function nameOf(target: NamespacedTarget): string {
  return describeObject(target, target.namespace);
}

function join(plans: readonly DeletionPlan[]): DeletionPlan {
  return {
    requests: plans.flatMap(({ requests }) => requests),
    doomed: plans.flatMap(({ doomed }) => doomed),
    missing: plans.flatMap(({ missing }) => missing),
    refusals: plans.flatMap(({ refusals }) => refusals),
  };
}
