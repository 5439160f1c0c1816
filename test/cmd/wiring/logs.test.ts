import { expect, it } from '@jest/globals';
import { readLog } from '../../../cmd/wiring/logs.ts';
import { systemClock } from '../../../lib/clock.ts';
import { CliWorld } from '../cli-world.ts';

it('names the workspace that has no instance whose log could be read', async () => {
  await using world = await CliWorld.start();
  await world.declareTeam();
  const { uid } = await world.db
    .selectFrom('workspaces')
    .select('uid')
    .where('name', '=', 'writing')
    .executeTakeFirstOrThrow();

  await expect(
    readLog({ db: world.db, backends: new Map(), clock: systemClock }, uid, 10),
  ).rejects.toThrow('reading the log: workspace default/writing has no instance');
});
