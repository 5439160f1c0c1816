import { expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { sample, sampleClass, toYaml } from '../support/agent-manifests.ts';
import { startBystander } from '../support/bystander.ts';
import type { ControllerProcess } from '../support/controller-process.ts';
import { eventuallyTrue } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { SHORT_LEASE } from '../support/short-lease.ts';
import { withSeed, type SeededRandom } from '../support/seeded-random.ts';

const IS_SOAK = process.env['TREELINE_SOAK'] === '1';
const KILLS = IS_SOAK ? 100 : 10;
const NAMES = Array.from({ length: 10 }, (_, index) => `w${index}`);
/** Ten agents take 1 to 2 s to start here; a kill in that time finds every step under way. */
const LONGEST_LIFE_MS = 1500;

type Team = Readonly<Record<string, 'Online' | 'Paused'>>;

it(
  'keeps exactly one agent per wanted workspace while its controller is killed at any moment',
  () => withSeed(drill),
  IS_SOAK ? 3_600_000 : 240_000,
);

async function drill(random: SeededRandom): Promise<void> {
  await using database = await createTestDatabase();
  const databaseUrl = database.connectionString;
  await using installation = await Installation.create({ databaseUrl, flags: SHORT_LEASE });
  let controller = await installation.run();
  const outlive = async (team: Team): Promise<void> => {
    const applied = declare(installation, team);
    await dieAtARandomMoment(controller, random);
    controller = await startAndMaybeDieAgain(installation, random);
    await repeatUnlessDone(installation, team, await applied);
    await installation.settle(team);
    await assertOneEach(installation, team);
  };

  await outlive(everybody());
  const { instanceId } = await installation.agentOf('w0');
  await using bystander = await startBystander(instanceId);
  for (let kills = 1; kills < KILLS; kills += 1) {
    await outlive(reshuffle(random));
  }

  const plan = await installation.cli('gc plan -o json');
  expect(JSON.parse(plan.stdout)).toMatchObject({ entries: [] });
  expect(bystander.isRunning()).toBe(true);
}

function everybody(): Team {
  return Object.fromEntries(NAMES.map((name) => [name, 'Online']));
}

/** Each one runs, is paused or is deleted, whatever it was before. */
function reshuffle(random: SeededRandom): Team {
  return Object.fromEntries(
    NAMES.flatMap((name) => {
      const state = random.pick(['Online', 'Online', 'Paused', 'deleted'] as const);
      return state === 'deleted' ? [] : [[name, state]];
    }),
  );
}

/** Everything that is created, stopped and deleted in this round, in one request. Answers whether it arrived. */
async function declare(installation: Installation, team: Team): Promise<boolean> {
  const workspaces = Object.entries(team).map(([name, state]) =>
    sample(name, { desiredState: state === 'Paused' ? 'Paused' : 'Running' }),
  );
  const stdin = toYaml(sampleClass(), ...workspaces);
  const { code } = await installation.cli('apply --prune -f -', { stdin });
  return code === 0;
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
    expect(await declare(installation, team)).toBe(true);
  }
}

async function assertOneEach(installation: Installation, team: Team): Promise<void> {
  const workspaces = await installation.workspaces();
  const running = workspaces
    .filter(({ metadata }) => team[metadata.name] === 'Online')
    .map(({ metadata }) => metadata.uid)
    .sort();
  const uidsOf = (all: readonly { readonly workspaceUid: string }[]) =>
    all.map(({ workspaceUid }) => workspaceUid).sort();
  expect(uidsOf(installation.agents())).toEqual(running);
  // A supervisor clears up for a moment after its agent.
  await eventuallyTrue({ until: 'only their supervisors are left' }, () => {
    return JSON.stringify(uidsOf(installation.supervisors())) === JSON.stringify(running);
  });
}
