import type { Instance } from '../../backends/backend.ts';
import type { ClassRow, SettledRow } from '../../store/settled-rows.ts';
import type { FleetSnapshot, Observation } from '../fleet.ts';
import { MAX_DEPTH } from '../../api/workspace.ts';
import { lineageOf, type Lineage, type LineageNode } from './lineage.ts';
import { settledKey } from './settled.ts';

/** What a resync compares: all records, all classes, and the fleet as it was before they were read. */
export interface ResyncInput {
  readonly rows: readonly SettledRow[];
  readonly classes: readonly ClassRow[];
  readonly snapshot: FleetSnapshot;
  readonly hasBackend: (key: string) => boolean;
  readonly isAnswering: (instanceUrl: string) => boolean | undefined;
}

/** The uids for which a pass could have something to do. Pure; linear in the number of records. */
export function differing(input: ResyncInput): readonly string[] {
  const index = indexOf(input);
  return input.rows.filter((row) => isDiffering(row, input, index)).map(({ uid }) => uid);
}

interface ResyncIndex {
  readonly nodes: ReadonlyMap<string, LineageNode>;
  readonly children: ReadonlyMap<string, { total: number; ready: number }>;
  readonly classes: ReadonlyMap<string, readonly ClassRow[]>;
  readonly defaults: readonly ClassRow[];
}

function indexOf({ rows, classes }: ResyncInput): ResyncIndex {
  const children = new Map<string, { total: number; ready: number }>();
  for (const { parent_id: parentId, ready } of rows) {
    if (parentId !== null) {
      const count = children.get(parentId) ?? { total: 0, ready: 0 };
      count.total += 1;
      count.ready += Number(ready);
      children.set(parentId, count);
    }
  }
  return {
    nodes: new Map(rows.map((row) => [row.uid, toNode(row)])),
    children,
    classes: new Map(classes.map((one) => [one.name, [one]])),
    defaults: classes.filter(({ is_default: isDefault }) => isDefault),
  };
}

function toNode(row: SettledRow): LineageNode {
  return {
    uid: row.uid,
    name: row.name,
    ...(row.parent_name !== null && { parentName: row.parent_name }),
    ...(row.parent_id !== null && { parentId: row.parent_id }),
    isPaused: row.is_paused,
    isDeleting: row.is_deleting,
  };
}

function isDiffering(row: SettledRow, input: ResyncInput, index: ResyncIndex): boolean {
  if (row.settled_key === null || row.is_deleting) {
    return true;
  }
  const classes =
    row.class_name === null ? index.defaults : (index.classes.get(row.class_name) ?? []);
  const observation = input.snapshot.of(row.uid, backendsOf(row, classes, input));
  const lineage = lineageIn(row.uid, index.nodes);
  const key = settledKey({
    generation: row.generation,
    lineage,
    parentId: row.parent_id ?? undefined,
    classes,
    specHash: row.spec_hash,
    requests: row.requests ?? NO_REQUESTS,
    children: index.children.get(row.uid) ?? NO_CHILDREN,
    launch: launchOf(row),
    isObservationKnown: observation.kind === 'known',
  });
  return key !== row.settled_key || !matchesFleet(row, { lineage, observation, input });
}

const NO_CHILDREN = { total: 0, ready: 0 };
const NO_REQUESTS = {};

function backendsOf(
  row: SettledRow,
  classes: readonly ClassRow[],
  { hasBackend }: ResyncInput,
): readonly string[] {
  const wanted = classes.length === 1 ? classes[0]?.backend : undefined;
  const next = wanted !== undefined && wanted !== row.backend && hasBackend(wanted) ? [wanted] : [];
  return row.backend === null ? next : [row.backend, ...next];
}

function lineageIn(uid: string, nodes: ReadonlyMap<string, LineageNode>): Lineage {
  const self = nodes.get(uid);
  if (self === undefined) {
    throw new Error('resync: the record is not in its own index');
  }
  const ancestors: LineageNode[] = [];
  let parentId = self.parentId;
  while (parentId !== undefined && ancestors.length <= MAX_DEPTH) {
    const parent = nodes.get(parentId);
    if (parent === undefined) {
      break;
    }
    ancestors.push(parent);
    parentId = parent.parentId;
  }
  return lineageOf(self, ancestors);
}

function launchOf({ attempt, launch_state: state, instance_id: instanceId }: SettledRow) {
  return attempt === null || state === null
    ? undefined
    : { attempt, state, ...(instanceId !== null && { instanceId }) };
}

/** Exactly the instance of the open launch, in the state that is wanted; nothing else of this uid. */
function matchesFleet(
  row: SettledRow,
  {
    lineage,
    observation,
    input,
  }: { readonly lineage: Lineage; readonly observation: Observation; readonly input: ResyncInput },
): boolean {
  if (observation.kind === 'unknown') {
    return true;
  }
  const live = observation.instances.filter(({ instance }) => instance.state !== 'terminated');
  const [only] = live;
  if (row.instance_id === null || only === undefined) {
    return row.instance_id === null && only === undefined;
  }
  return (
    live.length === 1 &&
    only.instance.id === row.instance_id &&
    isAsWanted(only.instance, { row, lineage, input })
  );
}

function isAsWanted(
  { state, url }: Instance,
  {
    row,
    lineage,
    input,
  }: { readonly row: SettledRow; readonly lineage: Lineage; readonly input: ResyncInput },
): boolean {
  if (lineage.effectiveState !== 'Running') {
    return state === 'stopped';
  }
  const isAnswering = url === undefined || (input.isAnswering(url) ?? row.ready);
  return state === 'running' && isAnswering === row.ready;
}
