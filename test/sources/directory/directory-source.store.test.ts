import { describe, expect, it } from '@jest/globals';
import { applySet } from '../../../store/apply-set.ts';
import { confirmHeldDeletions, findApplySet, reportApplySet } from '../../../store/apply-sets.ts';
import { inTransaction, type Db } from '../../../store/db.ts';
import { listOwnedObjects } from '../../../store/owned-objects.ts';
import type { DirectoryStore } from '../../../sources/directory/options.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { FolderHarness } from './folder-harness.ts';
import { workspaceYaml } from './temporary-folder.ts';

const NAME = 'directory';

/** The real store, as the composition root passes it in. */
function storeOf(db: Db): DirectoryStore {
  return {
    apply: (declarations, prune) =>
      inTransaction(db, (tx) =>
        applySet(tx, { installationId: 'i', applySet: NAME, declarations, prune, dryRun: false }),
      ),
    listOwned: () => listOwnedObjects(db, NAME),
    saveState: ({ state, problems, heldDigest, heldDeletions }) =>
      inTransaction(db, (tx) =>
        reportApplySet(tx, {
          name: NAME,
          state,
          problems,
          ...(heldDigest !== null && { held: { digest: heldDigest, deletions: heldDeletions } }),
        }),
      ),
    readState: async () => (await findApplySet(db, NAME))?.state,
    readConfirmedDigest: async () => (await findApplySet(db, NAME))?.confirmedDigest,
  };
}

/** Workspaces whose deletion was not requested. */
async function liveNames(db: Db): Promise<string[]> {
  const owned = await listOwnedObjects(db, NAME);
  return owned.map(({ name }) => name).sort();
}

describe('a directory source on PostgreSQL', () => {
  it('declares, edits, and removes after two looks', async () => {
    await using database = await createTestDatabase();
    await using harness = await FolderHarness.start(
      { 'team.yaml': workspaceYaml('a', 'b'), 'c.yaml': workspaceYaml('c') },
      storeOf(database.db),
    );
    expect(await liveNames(database.db)).toEqual(['a', 'b', 'c']);

    await harness.folder.write('team.yaml', workspaceYaml('a', 'd'));
    await harness.pass(31);
    expect(await liveNames(database.db)).toEqual(['a', 'b', 'c', 'd']);
    await harness.pass(6);

    expect(await liveNames(database.db)).toEqual(['a', 'c', 'd']);
  });

  it('holds what vanished until a person confirms it', async () => {
    await using database = await createTestDatabase();
    const { db } = database;
    await using harness = await FolderHarness.start(
      { 'a.yaml': workspaceYaml('a', 'b') },
      storeOf(db),
    );
    await harness.folder.remove('a.yaml');
    await harness.pass(40);
    const report = await findApplySet(db, NAME);
    expect(report).toMatchObject({ state: 'Held' });
    expect(await liveNames(db)).toEqual(['a', 'b']);

    const digest = report?.held?.digest ?? '';
    await inTransaction(db, (tx) => confirmHeldDeletions(tx, { name: NAME, digest, by: 'sre' }));
    await harness.pass(6);

    expect(await liveNames(db)).toEqual([]);
    expect(await findApplySet(db, NAME)).toMatchObject({ state: 'Active' });
  });
});
