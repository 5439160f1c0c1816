import { systemClock } from '../../lib/clock.ts';
import { createFakeBackend } from '../../test/fakes/fake-backend.ts';
import type { ConnectionTarget, Db } from '../../store/db.ts';
import { INSTALLATION_ID, connect, startLeader } from './world.ts';
import type { Instance } from '../../backends/backend.ts';

/**
 * The controller after a restart, in a process of its own: a fresh leader on records that are converged. Prints one
 * line of JSON. The instances of the fake backend are rebuilt from the launch rows before the clock starts; they are
 * part of the memory that is shown.
 */
const connection = JSON.parse(process.argv[2] ?? '{}') as ConnectionTarget;
const db = connect(connection);
const backend = createFakeBackend({ clock: systemClock });
for (const instance of await listLaunched(db)) {
  backend.provider.plant(instance);
}
global.gc?.();

const startedMs = performance.now();
const running = await startLeader(db, backend);
await running.converged();
const seconds = (performance.now() - startedMs) / 1000;
for (let pass = 0; pass < 20; pass += 1) {
  await running.leader.observers[0]?.look();
  await running.leader.resync.once();
}
const answer = {
  seconds,
  calls: backend.calls.length,
  rssMiB: process.memoryUsage.rss() / 2 ** 20,
};
process.stdout.write(`${JSON.stringify(answer)}\n`);
process.exit(0);

async function listLaunched(from: Db): Promise<readonly Instance[]> {
  const rows = await from
    .selectFrom('launches')
    .selectAll()
    .where('state', '=', 'launched')
    .execute();
  return rows.map((row) => ({
    id: row.instance_id ?? '',
    state: 'running',
    marks: {
      installationId: INSTALLATION_ID,
      workspaceUid: row.workspace_uid,
      namespace: row.namespace,
      name: row.name,
      attempt: row.attempt,
      token: row.token,
      className: row.class_name,
    },
    launchedAt: row.created_at,
    configHash: row.config_hash,
  }));
}
