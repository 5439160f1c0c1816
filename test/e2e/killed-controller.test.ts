import { expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBystander } from '../support/bystander.ts';
import type { ControllerProcess } from '../support/controller-process.ts';
import { Installation } from '../support/installation.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { leaseOf } from '../support/short-lease.ts';
import { withSeed, type SeededRandom } from '../support/seeded-random.ts';
import { apply, declare, expectOneEach, TEN, type Team } from './team.ts';

const IS_SOAK = process.env['TREELINE_SOAK'] === '1';
const KILLS = IS_SOAK ? 100 : 10;
/** Ten agents take 1 to 2 s to start here; a kill in that time finds every step under way. */
const LONGEST_LIFE_MS = 1500;
/** Each kill costs this long; with one controller at a time nobody else takes a lease that is renewed late. */
const LEASE_SECONDS = 1.5;

it(
  'keeps exactly one agent per wanted workspace while its controller is killed at any moment',
  () => withSeed(drill),
  IS_SOAK ? 3_600_000 : 240_000,
);

async function drill(random: SeededRandom): Promise<void> {
  await using database = await createTestDatabase();
  const databaseUrl = database.connectionString;
  await using installation = await Installation.create({
    databaseUrl,
    flags: leaseOf(LEASE_SECONDS),
  });
  let controller = await installation.run();
  const outlive = async (team: Team): Promise<void> => {
    const applied = declare(installation, team);
    await dieAtARandomMoment(controller, random);
    controller = await startAndMaybeDieAgain(installation, random);
    await repeatUnlessDone(installation, team, await applied);
    await expectOneEach(installation, team);
  };

  await outlive(TEN);
  const { instanceId } = await installation.agentOf('w0');
  await using bystander = await startBystander(instanceId);
  for (let kills = 1; kills < KILLS; kills += 1) {
    await outlive(reshuffle(random));
  }

  const plan = await installation.cli('gc plan -o json');
  expect(JSON.parse(plan.stdout)).toMatchObject({ entries: [] });
  expect(bystander.isRunning()).toBe(true);
}

/** Each one runs, is paused or is deleted, whatever it was before. */
function reshuffle(random: SeededRandom): Team {
  return Object.fromEntries(
    Object.keys(TEN).flatMap((name) => {
      const state = random.pick(['Online', 'Online', 'Paused', 'deleted'] as const);
      return state === 'deleted' ? [] : [[name, state]];
    }),
  );
}

async function dieAtARandomMoment(
  controller: ControllerProcess,
  random: SeededRandom,
): Promise<void> {
  await sleep(random.below(LONGEST_LIFE_MS));
  await controller.kill();
}

/** Every third controller does not get far. */
async function startAndMaybeDieAgain(
  installation: Installation,
  random: SeededRandom,
): Promise<ControllerProcess> {
  if (random.below(3) === 0) {
    await dieAtARandomMoment(await installation.start(), random);
  }
  return await installation.run();
}

/** What was cut off is asked for again: that changes nothing when it had arrived. */
async function repeatUnlessDone(
  installation: Installation,
  team: Team,
  isDone: boolean,
): Promise<void> {
  if (!isDone) {
    await apply(installation, team);
  }
}
