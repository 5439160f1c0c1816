import type { Declaration } from '../api/objects.ts';
import type { ObjectResult } from '../store/apply-result.ts';
import type { Transaction } from '../store/db.ts';
import { keyOf, type ObjectRef } from '../store/object-ref.ts';
import { findObject } from '../store/objects.ts';
import { listWorkspacesByUid } from '../store/workspace-versions.ts';
import type { StoredWorkspace } from '../store/workspaces.ts';
import type { ApplyResult } from './contract.ts';
import { toEffectiveSpec, toManifest } from './manifest.ts';

/** What a person compares: manifests before and after. */
export type Change = Pick<ApplyResult, 'before' | 'after'>;
type Manifest = Readonly<Record<string, unknown>>;

/** For each result of a dry run, in the same order, how the object is and how it would be; nothing where nothing differs. */
export async function describeChanges(
  tx: Transaction,
  results: readonly ObjectResult[],
  declarations: readonly Declaration[],
): Promise<readonly Change[]> {
  const workspaces = await readWorkspaces(tx, results.filter(isStoredAndDiffers));
  const declared = new Map(declarations.map((declaration) => [keyOf(declaration), declaration]));
  const changes: Change[] = [];
  for (const result of results) {
    const stored = workspaces.get(result.uid);
    changes.push({
      ...(isStoredAndDiffers(result) && named('before', await toBefore(tx, result, stored))),
      ...named('after', toAfter(result, declared.get(keyOf(result)), stored)),
    });
  }
  return changes;
}

function isStoredAndDiffers({ result }: ObjectResult): boolean {
  return result === 'configured' || result === 'deleted';
}

async function readWorkspaces(
  tx: Transaction,
  results: readonly ObjectResult[],
): Promise<ReadonlyMap<string, StoredWorkspace>> {
  const uids = results.filter(({ kind }) => kind === 'Workspace').map(({ uid }) => uid);
  const records = await listWorkspacesByUid(tx, uids);
  return new Map(records.map((record) => [record.uid, record]));
}

/** One read per template, class or org that differs: there are few of them. */
async function toBefore(
  tx: Transaction,
  { kind, namespace, name }: ObjectRef,
  workspace: StoredWorkspace | undefined,
): Promise<Manifest | undefined> {
  if (kind === 'Workspace') {
    return workspace && toManifest(kind, workspace, toEffectiveSpec(workspace));
  }
  const record = await findObject(tx, kind, namespace, name);
  return record && toManifest(kind, record, record.spec);
}

function toAfter(
  { result }: ObjectResult,
  declaration: Declaration | undefined,
  stored: StoredWorkspace | undefined,
): Manifest | undefined {
  if (declaration === undefined || (result !== 'created' && result !== 'configured')) {
    return undefined;
  }
  const spec = stored === undefined ? declaration.spec : withPicture(declaration.spec, stored);
  return toManifest(declaration.kind, declaration, spec);
}

/** What is neither declared now nor was before is left as somebody set it through the API (design §4). */
function withPicture(declared: Declaration['spec'], stored: StoredWorkspace): object {
  const { collapsed, layout } = toEffectiveSpec(stored);
  return {
    ...(stored.spec.collapsed === undefined && collapsed !== undefined && { collapsed }),
    ...(stored.spec.layout === undefined && layout !== undefined && { layout }),
    ...declared,
  };
}

function named(key: 'before' | 'after', manifest: Manifest | undefined): Change {
  return manifest === undefined ? {} : { [key]: manifest };
}
