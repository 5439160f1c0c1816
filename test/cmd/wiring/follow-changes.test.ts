import { expect, it } from '@jest/globals';
import { followChanges } from '../../../cmd/wiring/follow-changes.ts';
import { systemClock } from '../../../lib/clock.ts';
import { notifyAgentsSpoke, notifyChanged } from '../../../store/changes.ts';
import { inTransaction } from '../../../store/db.ts';
import { apply, childOf, workspace } from '../../store/declarations.ts';
import { CapturedLog } from '../../support/captured-log.ts';
import { eventuallyTrue } from '../../support/eventually.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

/** A tree of three generations, and what its followers were told. */
async function followTree() {
  const database = await createTestDatabase();
  const results = await apply(database.db, [
    workspace('root'),
    workspace('child', childOf('root')),
    workspace('grandchild', childOf('child')),
  ]);
  const told: (readonly string[])[] = [];
  let resyncs = 0;
  const stop = new AbortController();
  const leader = {
    enqueue: (uids: readonly string[]) => told.push(uids),
    resync: {
      soon: () => {
        resyncs += 1;
      },
    },
  };
  const following = follow(database, leader, stop.signal);
  // Every connection begins with everything.
  await eventuallyTrue({ until: 'it listens' }, () => resyncs > 0);
  return {
    db: database.db,
    uids: results.map(({ uid }) => uid),
    told,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await following;
      await database[Symbol.asyncDispose]();
    },
  };
}

function follow(
  { db, connectionString }: TestDatabase,
  leader: Parameters<typeof followChanges>[0]['leader'],
  signal: AbortSignal,
): Promise<void> {
  const { log } = new CapturedLog();
  const options = { db, leader, log, connection: connectionString, clock: systemClock };
  return followChanges({ ...options, random: Math.random }, signal, () => undefined);
}

it('brings everything below a record that changed', async () => {
  await using tree = await followTree();
  const [root = ''] = tree.uids;

  await inTransaction(tree.db, (tx) => notifyChanged(tx, [root]));
  await eventuallyTrue({ until: 'it is told' }, () => tree.told.length > 0);

  expect(new Set(tree.told.flat())).toEqual(new Set(tree.uids));
});

it('brings a workspace alone whose agent spoke, however many are below it', async () => {
  await using tree = await followTree();
  const [root = ''] = tree.uids;

  await inTransaction(tree.db, (tx) => notifyAgentsSpoke(tx, [root]));
  await eventuallyTrue({ until: 'it is told' }, () => tree.told.length > 0);

  expect(tree.told).toEqual([[root]]);
});
