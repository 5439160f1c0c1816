import {
  after,
  before,
  late,
  partial,
  REFUSALS,
  stale,
  throttled,
  type BackendMethod,
  type Fault,
} from '../fakes/faults.ts';
import type { Harness, Look } from '../support/harness.ts';
import { PlayedAgents } from '../support/played-agents.ts';
import type { StoppedProcess } from '../support/mortal-process.ts';
import { restoreWorld, saveWorld, type SavedWorld } from '../support/saved-world.ts';
import { POLL_SECONDS } from '../support/leader-process.ts';
import { BrokenPromiseError } from './broken-promise.ts';
import { Invariants } from './invariants.ts';
import { Model } from './model.ts';
import { playAgentStep } from './play-agent-step.ts';
import type { Stage } from './stage.ts';
import { Wishes } from './wishes.ts';
import type { FaultName, Name, Sequence, Step, TakeoverStep } from './step.ts';
import { expectAtRest } from './at-rest.ts';
import { FOREIGN } from './world.ts';

/** When a late call takes effect: after the next list, and before it expires. */
const LATE_SECONDS = 20;
/** Longer than a list counts (three intervals of 2 s). */
const UNTIL_BLIND_SECONDS = 7;
/** Those over a quota have asked for room, and been told, some times by then. */
const RATIONED_SECONDS = 60;

const FAULT_BY_NAME: Readonly<Record<FaultName, () => Fault>> = {
  before: () => before(),
  after: () => after(),
  late: () => late(LATE_SECONDS),
  throttled: () => throttled(),
  ...REFUSALS,
};

/** What happened in the sequences that were played, to see that they were worth playing. */
export interface Tally {
  sequences: number;
  steps: number;
  /** Processes that died in the middle of their work, and those that were stopped there while another took over. */
  crashes: number;
  takeovers: number;
  /** Changes asked of providers. */
  calls: number;
}

/** What brings a call about; anything else is brought about by the loss of an instance. */
const PROVOCATIONS: Readonly<Partial<Record<string, 'pause' | 'edit' | 'delete' | 'remove'>>> = {
  stop: 'pause',
  start: 'edit',
  terminate: 'delete',
  removeState: 'delete',
  find: 'remove',
  findByToken: 'remove',
};

/** Plays a sequence in a world in which what is there from the start runs. Throws `BrokenPromiseError`. */
export async function play(
  stage: Stage,
  { sequence, world }: { readonly sequence: Sequence; readonly world: SavedWorld },
  tally: Tally,
): Promise<void> {
  const { harness } = stage;
  const { steps } = sequence;
  const player = new Player(stage, sequence, tally);
  await restoreWorld(harness, world);
  await player.begin();
  try {
    for (const step of steps) {
      await player.take(step);
    }
  } finally {
    await player.release();
  }
  await player.finish();
  tally.sequences += 1;
  tally.steps += steps.length;
  tally.calls += harness.backend.calls.length;
}

/** The world in which sequences with this start begin. */
export async function arrangeStart(
  stage: Stage,
  sequence: Omit<Sequence, 'steps'>,
): Promise<SavedWorld> {
  const { harness, openPort } = stage;
  const { provider, readiness } = sequence;
  const model = setStage(stage, sequence).model;
  await harness.reset({ ...provider, ...(readiness === 'Registered' && { url: () => openPort }) });
  harness.backend.provider.plant(FOREIGN);
  await harness.apply(...model.declarations());
  await harness.look();
  await harness.advance(POLL_SECONDS);
  await harness.look();
  return await saveWorld(harness);
}

/** What there is beside the world: wishes, secrets and agents. */
function setStage(
  { harness, vault, openPort }: Stage,
  sequence: Omit<Sequence, 'steps'>,
): { readonly model: Model; readonly agents: PlayedAgents | undefined } {
  const model = new Model(sequence);
  vault.secrets = () => model.secrets();
  harness.beforeLook = () => Promise.resolve();
  const agents =
    sequence.readiness === 'Registered'
      ? new PlayedAgents(harness, { open: openPort, areAsked: false })
      : undefined;
  return { model, agents };
}

class Player {
  readonly #harness: Harness;
  readonly #tally: Tally;
  readonly #model: Model;
  readonly #agents: PlayedAgents | undefined;
  readonly #wishes: Wishes;
  readonly #invariants: Invariants;
  readonly #stopped: { readonly process: StoppedProcess; readonly looking: Promise<unknown> }[] =
    [];
  #callsBeforeBlindness: number | undefined;

  constructor(stage: Stage, sequence: Sequence, tally: Tally) {
    const { model, agents } = setStage(stage, sequence);
    this.#harness = stage.harness;
    this.#model = model;
    this.#agents = agents;
    this.#wishes = new Wishes(stage.harness, model);
    this.#tally = tally;
    this.#invariants = new Invariants(stage.harness, agents);
  }

  /** Sees what is there from the start. */
  async begin(): Promise<void> {
    await this.#harness.look();
    await this.#invariants.check();
  }

  /** One step, one look after it, and the promises that hold at every moment. */
  async take(step: Step): Promise<void> {
    const isWish = await this.#wishes.follow(step);
    if (!isWish && !(await playAgentStep(this.#harness, this.#agents, step))) {
      await this.#happen(step);
    }
    await this.#look();
    await this.#invariants.check();
    this.#checkBlindness();
  }

  /** Whatever was going on ends well; then the world must be what was declared. */
  async finish(): Promise<void> {
    this.#see();
    this.#harness.backend.heal();
    this.#harness.process.life.arm();
    this.#harness.backend.provider.deliverLateCalls();
    this.#agents?.heal();
    await this.#allow();
    await this.#leadAgainIfOver();
    await this.#harness.settle();
    // Whoever hibernates when it is idle has been idle for long enough then.
    await this.#harness.advance(this.#model.secondsToRest);
    await this.#harness.settle();
    await this.#invariants.check();
    await expectAtRest(this.#harness, this.#model);
  }

  /** Nobody and nothing holds back any more what is declared. */
  async #allow(): Promise<void> {
    for (const step of [{ do: 'show' }, { do: 'ration', most: null }, { do: 'proceed' }] as const) {
      await this.#wishes.follow(step);
    }
  }

  /** Lets leaders that were stopped in the middle go on. */
  async release(): Promise<void> {
    for (const { process, looking } of this.#stopped.splice(0)) {
      process.release();
      await looking;
    }
  }

  async #happen(step: Step): Promise<void> {
    const { backend, process } = this.#harness;
    switch (step.do) {
      case 'exit':
      case 'lose':
      case 'remove':
        this.#trouble(step.do, step.name);
        return;
      case 'fault':
        backend.failNext(step.method, FAULT_BY_NAME[step.fault]());
        await this.#provoke(step.method, step.name);
        return;
      case 'stale':
        await this.#listOldNews();
        return;
      case 'crash':
        process.life.arm(step);
        return;
      case 'takeover':
        await this.#takeOver(step);
        return;
      default:
        await this.#passTime(step);
    }
  }

  async #passTime(step: Step): Promise<void> {
    switch (step.do) {
      case 'time':
        await this.#harness.advance(step.seconds);
        return;
      case 'settle':
        await (this.#model.isRationed
          ? this.#harness.advance(RATIONED_SECONDS)
          : this.#harness.settle());
        return;
      case 'blind':
        this.#blind();
        return;
      case 'see':
        this.#see();
        return;
      case 'garbage':
        await this.#collectGarbage();
        return;
      case 'deliver':
        this.#harness.backend.provider.deliverLateCalls();
        return;
      case 'release':
        await this.release();
        return;
      default:
    }
  }

  /** A process that died or was fenced is followed by another. */
  async #look(): Promise<Look> {
    await this.#leadAgainIfOver();
    return await this.#harness.look();
  }

  async #leadAgainIfOver(): Promise<void> {
    if (this.#harness.process.isOver) {
      this.#tally.crashes += 1;
      await this.#harness.restart();
      this.#keepBlind();
    }
  }

  #trouble(what: 'exit' | 'lose' | 'remove', name: Name): void {
    const { provider } = this.#harness.backend;
    const found = provider
      .liveInstances()
      .find(
        ({ id, marks, state }) => id !== FOREIGN.id && marks.name === name && state === 'running',
      );
    if (found === undefined) {
      return;
    }
    if (what === 'exit') {
      provider.exit(found.id, { code: 1 });
    } else if (what === 'lose' || this.#isCallOnItsWay()) {
      provider.change(found.id, { state: 'terminated' });
    } else {
      provider.remove(found.id);
    }
  }

  /** A provider that forgets a token while a call with it is under way would break its promise. */
  #isCallOnItsWay(): boolean {
    return this.#stopped.length > 0 || this.#harness.backend.provider.lateCallCount > 0;
  }

  /** The next list shows how it was a while ago, but not longer ago than the provider promises. */
  async #listOldNews(): Promise<void> {
    const { backend } = this.#harness;
    if (backend.settleSeconds === 0 || this.#callsBeforeBlindness !== undefined) {
      return;
    }
    const snapshot = backend.provider.list(undefined);
    await this.#harness.advance(backend.settleSeconds / 2);
    this.#harness.backend.failNext('list', stale(snapshot));
  }

  async #collectGarbage(): Promise<void> {
    const { process } = this.#harness;
    await process.collectGarbage('enforce').catch((error: unknown) => {
      if (!process.isOver && !process.life.isDead) {
        throw error;
      }
    });
  }

  /** The leader is stopped in the middle of its work, if it comes there; another one leads on. */
  async #takeOver({ during, wait, at, name }: TakeoverStep): Promise<void> {
    const { backend, process } = this.#harness;
    const stopped =
      during === 'statement' ? process.life.stopAtConnect(at) : backend.holdNext(during, wait);
    await this.#provoke(during, name);
    const looking = this.#harness.look();
    const isStopped = await Promise.race([
      stopped.arrived.then(() => true),
      looking.then(() => false),
    ]);
    await this.#harness.lead(backend.another());
    this.#keepBlind();
    if (isStopped) {
      this.#tally.takeovers += 1;
      this.#stopped.push({ process: stopped, looking });
    }
  }

  /** Something happens to the workspace that needs that call. */
  async #provoke(call: BackendMethod | 'statement', name: Name): Promise<void> {
    const step = { do: PROVOCATIONS[call] ?? 'lose', name } as const;
    if (!(await this.#wishes.follow(step))) {
      await this.#happen(step);
    }
  }

  #blind(): void {
    this.#harness.clock.jump(UNTIL_BLIND_SECONDS * 1000);
    this.#callsBeforeBlindness ??= this.#harness.backend.calls.length;
    this.#keepBlind();
  }

  #keepBlind(): void {
    if (this.#callsBeforeBlindness !== undefined) {
      this.#harness.backend.failWhen(({ method }) => (method === 'list' ? partial() : undefined));
    }
  }

  #see(): void {
    this.#callsBeforeBlindness = undefined;
    this.#harness.backend.heal();
  }

  /** The state of a record without an open attempt goes without a list (docs/adr/0002, 6); no instance does. */
  #checkBlindness(): void {
    const calls = this.#harness.backend.calls
      .slice(this.#callsBeforeBlindness)
      .filter(({ method }) => method !== 'removeState');
    if (this.#callsBeforeBlindness !== undefined && calls.length > 0) {
      throw new BrokenPromiseError('nothing follows from an unknown observation', calls);
    }
  }
}
