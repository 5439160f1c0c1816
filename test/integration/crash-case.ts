import { expect } from '@jest/globals';
import type { Action } from '../../controllers/workspace/action.ts';
import type { Db } from '../../store/db.ts';
import type { Harness, ProviderChoices } from '../support/harness.ts';
import { PlayedAgents } from '../support/played-agents.ts';
import type { Secrets } from '../support/provisioning.ts';
import type { FakeBackend } from '../fakes/fake-backend.ts';
import { MortalProcess, type CallPoint, type Crash } from '../support/mortal-process.ts';
import { processClass, workspace } from '../support/manifests.ts';
import { restoreWorld, saveWorld, type SavedWorld } from '../support/saved-world.ts';
import type { Stage } from './stage.ts';
import { FOREIGN, expectWorld, type Expected } from './world.ts';

export type ActionKind = Exclude<Action['kind'], 'None' | 'Wait'>;

/** One story during which a process is killed at every one of its calls. */
export interface CrashScenario {
  readonly name: string;
  /** The actions that the leader takes in it when nobody kills it. */
  readonly actions: readonly ActionKind[];
  /** Fewer points than that: calls are not intercepted any more, or the story has become another one. */
  readonly leastPoints: number;
  readonly provider?: ProviderChoices;
  /** Agents live in the instances, register and beat; what becomes of them first. Default: nobody speaks. */
  readonly agents?: (agents: PlayedAgents) => void;
  /** Until the story begins, and from then on. Default: none. */
  readonly secrets?: readonly [Secrets, Secrets];
  /** Brings the world to where the story begins. Default: two workspaces run. */
  readonly arrange?: (harness: Harness) => Promise<void>;
  /** What happens then, before the process that may die does anything. */
  readonly trigger?: (harness: Harness) => Promise<void>;
  /** What the next calls to the provider will meet. Default: nothing. */
  readonly fault?: (backend: FakeBackend) => void;
  /** What the leader does before it works until the world is at rest. Default: nothing. */
  readonly lead?: (harness: Harness) => Promise<void>;
  /** What somebody else does, who dies in the leader's place. Default: nobody. */
  readonly call?: (harness: Harness, db: Db) => Promise<unknown>;
  /** What somebody does again after the crash. Default: nothing. */
  readonly repeat?: (harness: Harness) => Promise<void>;
  readonly expected: Readonly<Record<string, Expected>>;
  /** What must hold of the way there. Default: nothing more. */
  readonly verify?: (harness: Harness) => void | Promise<void>;
}

/** The workspace of the stories, as it is before they begin. */
export const SUBJECT = { name: 'subject', env: [{ name: 'VERSION', value: '1' }] };
/** One that has no part in them. */
export const BYSTANDER = workspace({ name: 'bystander' });

/** What a scenario went through without a crash: where it begins, its points, and the actions of the log. */
export interface Recording {
  readonly world: SavedWorld;
  readonly points: readonly CallPoint[];
  readonly actions: readonly string[];
}

/** The scenario without a crash. */
export async function record(stage: Stage, scenario: CrashScenario): Promise<Recording> {
  const { harness } = stage;
  const world = await arrange(stage, scenario);
  const life = await begin(stage, scenario, { world });
  harness.log.clear();

  const isCalm = await act(harness, scenario, life);

  const points = [...life.points];
  const actions = harness.log.lines.map(({ action }) => action).filter((one) => one !== undefined);
  expect(isCalm).toBe(true);
  await expectWorld(harness, { bystander: 'running', ...scenario.expected });
  await scenario.verify?.(harness);
  return { world, points, actions: [...new Set(actions as string[])] };
}

/** Every way to die in a scenario: at each call, once per state of the world. */
export function crashesOf({ points }: Recording): readonly Crash[] {
  const seen = new Set<string>();
  return points.flatMap((point, at) => {
    const key = `${point.stage} ${isRead(point) ? 'read' : point.name}`;
    const isRepeated = seen.has(key);
    seen.add(key);
    return isRepeated ? [] : waysOf(point).map((when) => ({ at, when }));
  });
}

/**
 * PostgreSQL answers these and nothing has changed: a death after one, or before another one of its stage, leaves the same world as a
 * death before it.
 */
function isRead({ name }: CallPoint): boolean {
  return /^(begin$|select |\/\* prepared: (workspace-view|fence) \*\/)/.test(name);
}

/** Only what changes a provider can land late. */
function waysOf(point: CallPoint): readonly Crash['when'][] {
  const ways = isRead(point) ? BEFORE : [...BEFORE, 'after' as const];
  return point.isProviderChange ? [...ways, 'late'] : ways;
}

const BEFORE = ['before'] as const;

/** The scenario with one crash, the restart after it, and the world that must come of it. */
export async function crashAndRecover(
  stage: Stage,
  scenario: CrashScenario,
  { world, points, crash }: Pick<Recording, 'world' | 'points'> & { readonly crash: Crash },
): Promise<void> {
  const { harness } = stage;
  const life = await begin(stage, scenario, { world, crash });

  await act(harness, scenario, life).catch((error: unknown) => {
    rethrowUnlessDead(error, life);
  });

  expect([life.isDead, life.points[crash.at]?.name]).toEqual([true, points[crash.at]?.name]);
  await harness.restart();
  await scenario.repeat?.(harness);
  // The new leader acts on what it sees first; then lands what the dead one had sent.
  await harness.look();
  harness.backend.provider.deliverLateCalls();
  expect(await harness.settle()).toBe(true);
  await expectWorld(harness, { bystander: 'running', ...scenario.expected });
  await scenario.verify?.(harness);
}

/** The world in which the story begins, brought about once; every case begins in it. */
async function arrange(stage: Stage, scenario: CrashScenario): Promise<SavedWorld> {
  const { harness, openPort } = stage;
  const { provider, trigger, arrange: arrangeOwn = arrangeRunning, agents } = scenario;
  await harness.reset({ ...provider, ...(agents !== undefined && { url: () => openPort }) });
  harness.backend.provider.plant(FOREIGN);
  setStage(stage, scenario, 0);
  await arrangeOwn(harness);
  await trigger?.(harness);
  return await saveWorld(harness);
}

/** A new leader takes over in that world; answers the process that may die in it. */
async function begin(
  stage: Stage,
  scenario: CrashScenario,
  { world, crash }: { readonly world: SavedWorld; readonly crash?: Crash },
): Promise<MortalProcess> {
  const { harness } = stage;
  await restoreWorld(harness, world);
  const agents = setStage(stage, scenario, 1);
  scenario.fault?.(harness.backend);
  if (agents !== undefined) {
    scenario.agents?.(agents);
  }
  const life = scenario.call === undefined ? harness.process.life : new MortalProcess();
  life.arm(crash);
  return life;
}

/** Secrets, and agents if there are any. */
function setStage(
  { harness, vault, openPort }: Stage,
  { agents, secrets }: CrashScenario,
  chapter: 0 | 1,
): PlayedAgents | undefined {
  const values = secrets?.[chapter] ?? {};
  vault.secrets = () => values;
  harness.beforeLook = () => Promise.resolve();
  return agents && new PlayedAgents(harness, { open: openPort, areAsked: true });
}

async function act(
  harness: Harness,
  { lead, call }: CrashScenario,
  life: MortalProcess,
): Promise<boolean> {
  await call?.(harness, harness.dbOf(life));
  await lead?.(harness);
  return await harness.settle();
}

/** Both run, with one instance each. */
export async function arrangeRunning(harness: Harness): Promise<void> {
  await harness.apply(processClass(), BYSTANDER, workspace(SUBJECT));
  await harness.settle();
}

function rethrowUnlessDead(error: unknown, { isDead }: MortalProcess): void {
  if (!isDead) {
    throw error;
  }
}
