import type { Declaration, Kind } from '../api/objects.ts';
import { KINDS, describeDeclaration } from '../api/objects.ts';
import { planDeclared, refuse, type PlannedObject } from './apply-plan.ts';
import type { ObjectResult } from './apply-result.ts';
import { findClassUsers } from './class-users.ts';
import type { Transaction } from './db.ts';
import { lockDeclarations } from './declaration-lock.ts';
import { toDeclaredObject, type DeclaredObject } from './declared-object.ts';
import { keyOf, uidsOf, type ObjectRef } from './object-ref.ts';
import { planRemovals, type Prune } from './prune-plan.ts';
import { readStoredObjects, readStoredSpecs, type StoredObject } from './stored-object.ts';
import { writePlanned } from './write-planned.ts';

export interface ApplySetOptions {
  readonly installationId: string;
  /** Who owns what is declared: `directory`, `cli`, ... */
  readonly applySet: string;
  /** The Org that generated the declarations. */
  readonly ownerUid?: string;
  readonly declarations: readonly Declaration[];
  readonly prune: Prune;
  /** The same results, nothing written. */
  readonly dryRun: boolean;
}

/**
 * Makes the records of one apply set what its declarations say, touching only rows that differ (design §4, §11).
 * Answers one result per declared object in the order of the declarations, then those that were pruned. A refused
 * object is left as it is and keeps nothing else from being applied.
 */
export async function applySet(
  tx: Transaction,
  options: ApplySetOptions,
): Promise<readonly ObjectResult[]> {
  if (!options.dryRun) {
    await lockDeclarations(tx);
  }
  const { declared, clashes } = toDeclaredObjects(options);
  const stored = await readScope(tx, options);
  const plans = [
    ...(await planAll(tx, declared, stored)),
    ...clashes,
    ...(await planPruning(tx, options, [...stored.values()])),
  ];
  if (!options.dryRun) {
    await writePlanned(tx, plans);
  }
  return inOrder(plans, options.declarations);
}

type StoredByKey = ReadonlyMap<string, StoredObject>;

/** What is declared once, and a refusal for each name that is declared more often. */
function toDeclaredObjects(options: ApplySetOptions): {
  readonly declared: readonly DeclaredObject[];
  readonly clashes: readonly PlannedObject[];
} {
  const byKey = [...Map.groupBy(options.declarations, keyOf).values()];
  const uidOf = uidsOf(options.installationId);
  const toDeclared = (declaration: Declaration): DeclaredObject =>
    toDeclaredObject(declaration, uidOf(declaration), options);
  return {
    declared: byKey.filter((group) => group.length === 1).flatMap((group) => group.map(toDeclared)),
    clashes: byKey
      .filter((group) => group.length > 1)
      .flatMap((group) => refuseClash(group.map(toDeclared))),
  };
}

function refuseClash(group: readonly DeclaredObject[]): readonly PlannedObject[] {
  const places = group.map(({ origin }) => origin ?? 'a manifest without a file').join(' and in ');
  return group
    .slice(0, 1)
    .map((first) =>
      refuse(first, 'NameConflict', `${describeDeclaration(first)} is declared in ${places}`),
    );
}

/** Everything stored that the declarations or the pruning may be about. */
async function readScope(tx: Transaction, options: ApplySetOptions): Promise<StoredByKey> {
  const { applySet: set, declarations, prune } = options;
  const named: readonly ObjectRef[] = typeof prune === 'string' ? [] : prune;
  const found = new Map<string, StoredObject>();
  for (const { kind } of KINDS) {
    const refs = [...declarations, ...named].filter((ref) => ref.kind === kind);
    const wholeSet = prune === 'missing' ? set : null;
    if (refs.length > 0 || wholeSet !== null) {
      const objects = await readStoredObjects(tx, kind, { refs, wholeSet });
      objects.forEach((object) => found.set(keyOf(object), object));
    }
  }
  return found;
}

async function planAll(
  tx: Transaction,
  declared: readonly DeclaredObject[],
  stored: StoredByKey,
): Promise<readonly PlannedObject[]> {
  const plans: PlannedObject[] = [];
  for (const [kind, objects] of Map.groupBy(declared, (object): Kind => object.kind)) {
    const differing = objects.flatMap((object) => {
      const one = stored.get(keyOf(object));
      return one !== undefined && one.specHash !== object.specHash ? [one.uid] : [];
    });
    const specs = await readStoredSpecs(tx, kind, differing);
    for (const object of objects) {
      const one = stored.get(keyOf(object));
      plans.push(planDeclared(object, one, specs.get(one?.uid ?? '')));
    }
  }
  return plans;
}

async function planPruning(
  tx: Transaction,
  { applySet: set, declarations, prune }: ApplySetOptions,
  stored: readonly StoredObject[],
): Promise<readonly PlannedObject[]> {
  const declaredKeys = new Set(declarations.map(keyOf));
  const leaving = stored.filter((object) => !declaredKeys.has(keyOf(object)));
  const classes = leaving.filter(({ kind }) => kind === 'WorkspaceClass').map(({ name }) => name);
  const classUsers = await findClassUsers(tx, classes);
  return planRemovals({ applySet: set, stored: leaving, prune, classUsers });
}

function inOrder(
  plans: readonly PlannedObject[],
  declarations: readonly Declaration[],
): readonly ObjectResult[] {
  const position = new Map(declarations.map((declaration, index) => [keyOf(declaration), index]));
  const placeOf = (ref: ObjectRef): number => position.get(keyOf(ref)) ?? declarations.length;
  return plans.map(({ result }) => result).sort((a, b) => placeOf(a) - placeOf(b));
}
